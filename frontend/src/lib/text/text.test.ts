import { describe, expect, test } from "vitest";
import { display, firstName, long, looksLikeAddress, parseList } from "./address";
import { composeText, ownText, quoteOf } from "./compose";
import { asPrefix, unknownOperator } from "../state/search.svelte";
import { initials } from "./initials";
import { conversationSpans, destination, linkedConversation, otherHost, spans } from "./links";
import { splitQuote } from "./quote";
import { brief, count, limit, size } from "./size";
import { pieces } from "./snippet";
import { clock, day, daysAgo, short } from "./time";
import { timeline } from "./timeline";
import type { Message } from "$lib/backend";

const at = (y: number, mo: number, d: number, h = 12, mi = 0) => new Date(y, mo - 1, d, h, mi);
const now = at(2026, 11, 20, 10, 58);
const iso = (moment: Date) => moment.toISOString();

describe("times", () => {
  test("a row says today's clock, yesterday, a weekday, a date, a year", () => {
    const say = (moment: Date, locale = "en") => short(iso(moment), now, locale, "Yesterday");
    expect(say(at(2026, 11, 20, 9, 5))).toBe("09:05");
    expect(say(at(2026, 11, 19, 23, 59))).toBe("Yesterday");
    expect(say(at(2026, 11, 18))).toBe("Wed 18 Nov");
    expect(say(at(2026, 8, 3))).toBe("3 Aug");
    expect(say(at(2025, 8, 3))).toBe("3 Aug 2025");
    expect(say(at(2026, 11, 18), "nl")).toBe("wo 18 nov");
  });

  test("a day separator names near days by word", () => {
    const say = (moment: Date) => day(iso(moment), now, "en", ["Today", "Yesterday"]);
    expect(say(at(2026, 11, 20))).toBe("Today");
    expect(say(at(2026, 11, 19))).toBe("Yesterday");
    expect(say(at(2026, 11, 18))).toBe("Wednesday 18 November");
    expect(say(at(2024, 11, 18))).toBe("Monday 18 November 2024");
  });

  test("days are counted by the calendar, also over a change of the clock", () => {
    expect(daysAgo(at(2026, 10, 24, 23), at(2026, 10, 26, 1))).toBe(2);
    expect(daysAgo(at(2026, 3, 28, 23), at(2026, 3, 30, 1))).toBe(2);
  });

  test("a time that is none is nothing", () => {
    expect(short("", now, "en", "Yesterday")).toBe("");
    expect(clock("rubbish", "en")).toBe("");
  });
});

describe("sizes and counts", () => {
  test("sizes have the unit a person would choose", () => {
    expect(size(0, "en")).toMatch(/^0\sbyte/);
    expect(size(184_320, "en")).toBe("184 kB");
    expect(size(2_400_000, "en")).toBe("2.4 MB");
    expect(size(2_400_000, "nl")).toBe("2,4 MB");
    expect(size(999_999, "en")).toBe("1 MB");
  });

  test("a limit is said as its provider says it", () => {
    expect(limit(5 << 20, "en")).toBe("5 MB");
    expect(limit(16 << 20, "nl")).toBe("16 MB");
    expect(limit(2_500_000, "en")).toBe("2.5 MB");
  });

  test("counts are grouped, and brief where nobody counts", () => {
    expect(count(1284, "en")).toBe("1,284");
    expect(count(1284, "nl")).toBe("1.284");
    expect(brief(1284, "en")).toBe("1,284");
    expect(brief(1_200_000, "en")).toBe("1.2M");
  });
});

describe("initials", () => {
  test.each([
    ["Sanne Hoekstra", "SH"],
    ["Pieter de Groot", "PG"],
    ["info@example.nl", "I"],
    ["+31 6 1234 5678", "78"],
    ["+31612345670", "70"],
    ["Åsa", "Å"],
    ["山田 太郎", "山太"],
    ["", "?"],
    ["<>", "?"],
  ])("%j → %j", (name, expected) => expect(initials(name)).toBe(expected));
});

describe("quoted text", () => {
  test.each([
    ["Thanks!\n\nOn Thu, 19 Nov 2026, Ann wrote:\n> Hello\n> there", "Thanks!"],
    ["Dank.\n\nOp do 19 nov. 2026 om 11:32 schreef Ann de Wit\n<ann@example.nl>:\n> Hallo", "Dank."],
    ["Ja\n\nAm 19.11.2026 schrieb Eva:\n> Hallo", "Ja"],
    ["See below\n\n-----Original Message-----\nFrom: x", "See below"],
    ["Zie onder\n\nVan: Ann\nVerzonden: maandag\nAan: Bram\n\nHallo", "Zie onder"],
    ["Yes\n\n> all of it\n>\n> quoted", "Yes"],
  ])("%j keeps %j", (text, own) => {
    const split = splitQuote(text);
    expect(split.own).toBe(own);
    expect(split.quoted).not.toBe("");
    expect(text.replace(/\s/g, "")).toBe((split.own + split.quoted).replace(/\s/g, ""));
  });

  test.each([
    "Answers inline:\n> first?\nYes.\n> second?\nNo.",
    "On Monday we are open.",
    "> everything is quoted",
    "From: the heart\nI thank you",
    "",
  ])("%j stays whole", (text) => expect(splitQuote(text)).toEqual({ own: text, quoted: "" }));
});

describe("what is sent", () => {
  const message = {
    text: "My brake squeals.\n\nOn Mon, X wrote:\n> before",
    author: { name: "Sanne Hoekstra", address: "s@example.nl", memberId: "" },
    at: iso(at(2026, 11, 19, 11, 32)),
  } as Message;

  test("the original is quoted without what it quoted itself", () => {
    expect(quoteOf(message, "en")).toBe("On 19 Nov 2026 11:32, Sanne Hoekstra wrote:\n> My brake squeals.");
    expect(quoteOf(message, "nl")).toMatch(/^Op 19 nov 2026 11:32 schreef Sanne Hoekstra:\n> /);
  });

  test("a sent text folds into what was typed, and goes back into it", () => {
    const sent = composeText("It is ready.\n", "Bram\nNoordzee", quoteOf(message, "en"));
    expect(sent).toContain("\n\n-- \nBram\nNoordzee\n\nOn 19 Nov");
    expect(splitQuote(sent).own).toBe("It is ready.\n\n-- \nBram\nNoordzee");
    expect(ownText(sent, "Bram\nNoordzee")).toBe("It is ready.");
    expect(ownText("No signature here", "")).toBe("No signature here");
  });
});

test("search marks become pieces, whatever stands between them", () => {
  expect(pieces("a \u0002b\u0003 c")).toEqual([
    { text: "a ", hit: false },
    { text: "b", hit: true },
    { text: " c", hit: false },
  ]);
  expect(pieces("\u0003<b>\u0002x")).toEqual([
    { text: "<b>", hit: false },
    { text: "x", hit: true },
  ]);
  expect(pieces("")).toEqual([]);
});

describe("addresses", () => {
  test("are parted where they end, not inside of a quoted name", () => {
    expect(parseList('"Wit, Ann" <a@b.nl>; c@d.nl,\n e@f.nl ,')).toEqual(['"Wit, Ann" <a@b.nl>', "c@d.nl", "e@f.nl"]);
    expect(parseList("")).toEqual([]);
  });

  test("are looked at, not judged", () => {
    expect(looksLikeAddress("a@b")).toBe(true);
    expect(looksLikeAddress("Ann <a@b.nl>")).toBe(true);
    expect(looksLikeAddress("ann")).toBe(false);
    expect(looksLikeAddress("a@b@c")).toBe(false);
  });

  test("people are named by name, else by address", () => {
    expect(display({ name: " ", address: "a@b.nl" })).toBe("a@b.nl");
    expect(firstName({ name: "Sanne Hoekstra", address: "" })).toBe("Sanne");
    expect(firstName({ name: "+31 6 1234", address: "" })).toBe("+31 6 1234");
    expect(long({ name: "Ann", address: "a@b.nl" })).toBe("Ann <a@b.nl>");
  });
});

describe("links", () => {
  test("end before the sentence's own marks", () => {
    const urls = (text: string) => spans(text).filter((span) => span.url).map((span) => span.url);
    expect(urls("See https://example.com/a?b=c.")).toEqual(["https://example.com/a?b=c"]);
    expect(urls("(https://example.com/x_(y))")).toEqual(["https://example.com/x_(y)"]);
    expect(urls("www.example.com, or javascript:alert(1)")).toEqual(["https://www.example.com"]);
    expect(spans("plain")).toEqual([{ text: "plain", url: "" }]);
  });

  test("of Postvak's own name a conversation, and nothing else", () => {
    expect(linkedConversation(" postvak://conversation/k1%2Fa ")).toBe("k1/a");
    expect(linkedConversation("postvak://conversation/")).toBe("");
    expect(linkedConversation("postvak://conversation/%")).toBe("");
    expect(linkedConversation("https://conversation/k1")).toBe("");
    expect(linkedConversation("postvak://settings/k1")).toBe("");
    // As notes in a CRM have it.
    expect(linkedConversation("postvak://conversation/k1?note=xz2.1.4.abc")).toBe("k1");
    expect(linkedConversation("postvak://conversation/k1?note=<b>")).toBe("");
  });

  test("Postvak’s own are found in a text", () => {
    expect(conversationSpans("Open: postvak://conversation/k%2F1?note=a.1\nHello")).toEqual([
      { text: "Open: ", conversation: "" },
      { text: "postvak://conversation/k%2F1?note=a.1", conversation: "k/1" },
      { text: "\nHello", conversation: "" },
    ]);
    expect(conversationSpans("")).toEqual([]);
  });

  test("lead where they really lead, or nowhere", () => {
    expect(destination("https://bank.example@evil.example/x")?.host).toBe("evil.example");
    expect(destination("http://example.com")?.secure).toBe(false);
    expect(destination("javascript:alert(1)")).toBeUndefined();
    expect(destination("file:///etc/passwd")).toBeUndefined();
    expect(destination("rubbish")).toBeUndefined();
  });
});

test("a conversation is told in the order it happened, day by day", () => {
  const message = (id: string, moment: Date) => ({ id, at: iso(moment) }) as Message;
  const act = (moment: Date) => ({ at: iso(moment), memberId: "", kind: "close", text: "", void: false, reason: "" });
  const source = {
    messages: [message("a", at(2026, 11, 19, 9)), message("b", at(2026, 11, 20, 9))],
    activity: [act(at(2026, 11, 18)), act(at(2026, 11, 20, 8))],
    notes: [{ id: "n", at: iso(at(2026, 11, 19, 10)), memberId: "", text: "" }],
    next: "",
  };
  expect(timeline(source).map((item) => item.type)).toEqual(["day", "activity", "day", "message", "note", "day", "activity", "message"]);
  // What happened before the oldest message that is here comes with its page.
  expect(timeline({ ...source, next: "more" }).map((item) => item.type)).toEqual(["day", "message", "note", "day", "activity", "message"]);
});

test("a link that shows another host than it leads to is told apart", () => {
  expect(otherHost("mail.shop.example", "shop-login.example")).toBe("mail.shop.example");
  expect(otherHost("https://www.shop.example/pay", "shop.example")).toBe("");
  expect(otherHost("https://Shop.example", "shop.example:443")).toBe("");
  expect(otherHost("Read more", "shop.example")).toBe("");
});

test("the word that is being typed is looked for by its beginning, nothing else is", () => {
  expect(asPrefix("quote Havenl")).toBe("quote Havenl*");
  expect(asPrefix("from:ann")).toBe("from:ann*");
  for (const text of ["fact*", '"exact wor', '"exact words"', "has:attachment", "before:2026-11-01", "ann@shop.example", "word "]) {
    expect(asPrefix(text)).toBe(text);
  }
});

test("a word before a colon that means nothing is named", () => {
  expect(unknownOperator("is:open tender")).toBe("is:");
  expect(unknownOperator("from:ann has:attachment https://x.example 10:30")).toBe("");
});

test("signature and quote stand under a text once, also when it was composed before", () => {
  const once = composeText("Hello", "Bram", "On Friday, Ann wrote:\n> Hi");
  expect(once).toBe("Hello\n\n-- \nBram\n\nOn Friday, Ann wrote:\n> Hi");
  expect(composeText(once, "Bram", "On Friday, Ann wrote:\n> Hi")).toBe(once);
  expect(composeText(composeText("Hello", "Bram", ""), "Bram", "")).toBe("Hello\n\n-- \nBram");
});
