// Telephone numbers in the form that every country writes for abroad (E.164,
// "+31612345678"), parted so that they can be read and compared.

const oneDigit = /^[17]/;
const twoDigits = /^(2[07]|3[0-469]|4[013-9]|5[1-8]|6[0-6]|8[1246]|9[0-58])/;
const international = /^\+[1-9]\d{6,14}$/;

/** Whether something is a number as providers give it: a plus and digits. */
export const isPhone = (text: string): boolean => international.test(text);

/** "+31 6 1234 5678"; what is no number stays as it is. */
export function phone(number: string): string {
  if (!isPhone(number)) return number;
  const digits = number.slice(1);
  const country = digits.slice(0, oneDigit.test(digits) ? 1 : twoDigits.test(digits) ? 2 : 3);
  return [`+${country}`, ...grouped(country, digits.slice(country.length))].join(" ");
}

/** The digits of what somebody typed, with the plus before them; "" when they are no number. */
export function readPhone(typed: string): string {
  const bare = typed.replace(/^whatsapp:/i, "").replace(/[\s().\u2010-\u2015/-]/g, "").replace(/^00/, "+");
  return isPhone(bare) ? bare : "";
}

// Dutch numbers have nine digits: a mobile one begins with 6, the others with
// an area of two or three.
const dutchAreas = /^(1[035]|2[0346]|3[03568]|4[0356]|5[0358]|7[0-9])/;

function dutch(rest: string): number {
  if (rest.startsWith("6")) return 1;
  return dutchAreas.test(rest) ? 2 : 3;
}

function grouped(country: string, rest: string): string[] {
  if (country === "31" && rest.length === 9) {
    const area = dutch(rest);
    return [rest.slice(0, area), rest.slice(area, -4), rest.slice(-4)];
  }
  const out: string[] = [];
  let at = 0;
  // Threes, and a last group of two to four.
  while (rest.length - at > 4) out.push(rest.slice(at, (at += 3)));
  return [...out, rest.slice(at)];
}
