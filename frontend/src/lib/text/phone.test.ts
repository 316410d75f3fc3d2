import { expect, test } from "vitest";
import { display } from "./address";
import { isPhone, phone, readPhone } from "./phone";

test.each([
  ["+31612345678", "+31 6 1234 5678"],
  ["+31201234567", "+31 20 123 4567"],
  ["+31187123456", "+31 187 12 3456"],
  ["+32470123456", "+32 470 123 456"],
  ["+15017122661", "+1 501 712 2661"],
  ["+353861234567", "+353 861 234 567"],
  ["7312440198", "7312440198"],
  ["a@b.nl", "a@b.nl"],
  ["+", "+"],
])("%s reads as %s", (number, shown) => {
  expect(phone(number)).toBe(shown);
  // Nothing of it gets lost.
  expect(shown.replaceAll(" ", "")).toBe(number);
});

test.each([
  ["+31 6 1234 5678", "+31612345678"],
  ["0031 (0)6-1234", "+31061234"],
  ["whatsapp:+14155238886", "+14155238886"],
  ["06 1234 5678", ""],
  ["ann", ""],
])("%s is typed for %s", (typed, number) => {
  expect(readPhone(typed)).toBe(number);
});

test("a contact without a name is shown by the number", () => {
  expect(display({ name: "", address: "+31612345678" })).toBe("+31 6 1234 5678");
  expect(display({ name: "Ria", address: "+31612345678" })).toBe("Ria");
  expect(isPhone("+123")).toBe(false);
});
