import { describe, expect, test } from "vitest";
import { money, parseMoney } from "./money";

const nbsp = (text: string) => text.replaceAll(" ", "\u00a0");

describe("an amount", () => {
  test.each([
    ["3250.00", "EUR", "en", "€ 3,250"],
    ["3250.00", "EUR", "nl", "€ 3.250"],
    ["890.5", "EUR", "nl", "€ 890,50"],
    ["12", "USD", "en", "$ 12"],
    ["-4", "EUR", "nl", "€ -4"],
    ["1234567.89", "EUR", "en", "€ 1,234,567.89"],
    ["5", "", "en", "5"],
  ])("%s %s in %s is %s", (value, currency, locale, shown) => {
    expect(money(value, currency, locale)).toBe(nbsp(shown));
  });

  test("that is none, or has no currency that exists, is shown as it is", () => {
    expect(money("about ten", "EUR", "en")).toBe("EUR about ten");
    expect(money("5", "bottle caps", "en")).toBe("5");
    expect(money("", "", "en")).toBe("");
    expect(money("99999999999999999999", "EUR", "en")).toBe("EUR 99999999999999999999");
  });

  test.each([
    ["3.250,50", "3250.50"],
    ["3,250.50", "3250.50"],
    ["3250", "3250"],
    ["€ 3.250", "3250"],
    ["3,250", "3250"],
    ["3250,5", "3250.50"],
    ["€ 40,-", "40"],
    ["007", "7"],
    ["-12", "-12"],
    ["", ""],
    ["  ", ""],
  ])("typed as %j is %j", (typed, value) => {
    expect(parseMoney(typed)).toBe(value);
  });

  test.each(["a lot", "1.2.3", "1,2,3", "3.250.5", "12.3456", "1e9", "--1", "9".repeat(20)])("%j is none", (typed) => {
    expect(parseMoney(typed)).toBeUndefined();
  });
});
