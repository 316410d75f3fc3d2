import { screen, waitFor, within } from "@testing-library/svelte";
import { describe, expect, test, vi } from "vitest";
import { BackendError } from "$lib/backend";
import { calls, open } from "../../test/render";

const dialog = async (name = "Notifications") => within(await screen.findByRole("dialog", { name }));
const page = async () => within(await screen.findByRole("main", { name: "Settings" }));
const bell = (name: string | RegExp = "Notifications") => screen.findByRole("button", { name });
const events = {
  mine: "New messages are received in conversations assigned to you",
  others: "New messages are received in conversations assigned to other users",
  unassigned: "New messages are received in unassigned conversations",
  assignedToMe: "Someone assigned a new conversation to you",
};

describe("the bell (R14)", () => {
  test("shows the eight choices as they are and stores what was changed", async () => {
    const { backend, user } = await open("#/section/mine");
    await user.click(await bell());
    const box = await dialog();
    const state = () => Object.values(events).map((name) => ["Desktop", "E-mail"].map((medium) => box.getByRole<HTMLInputElement>("checkbox", { name: `${name}: ${medium}` }).checked));
    expect(state()).toEqual([[true, true], [false, false], [true, false], [true, true]]);
    await user.click(box.getByRole("checkbox", { name: `${events.others}: E-mail` }));
    await user.click(box.getByRole("checkbox", { name: `${events.mine}: Desktop` }));
    expect(calls(backend, "notifications.save")).toEqual([]);
    await user.click(box.getByRole("button", { name: "Save" }));
    await waitFor(() => expect(screen.queryByRole("dialog")).toBeNull());
    expect(calls(backend, "notifications.save")).toEqual([[{
      desktop: { mine: false, others: false, unassigned: true, assignedToMe: true, windowClosing: true },
      email: { mine: true, others: true, unassigned: false, assignedToMe: true, windowClosing: false },
      quietHours: { from: "18:00", to: "08:30", days: [] },
      sound: false, tone: "tick", preview: true, muted: [],
    }]]);
    expect(await screen.findByText("Notifications saved")).toBeTruthy();
  });

  test("Cancel leaves everything as it was, quiet for an hour too", async () => {
    const { backend, user } = await open("#/section/mine");
    await user.click(await bell());
    let box = await dialog();
    await user.click(box.getByRole("checkbox", { name: `${events.others}: Desktop` }));
    await user.click(box.getByRole("switch", { name: "Quiet hours" }));
    await user.click(box.getByRole("switch", { name: "Quiet for an hour" }));
    await user.click(box.getByRole("button", { name: "Cancel" }));
    expect(screen.queryByRole("dialog")).toBeNull();
    expect([...calls(backend, "notifications.save"), ...calls(backend, "notifications.pause")]).toEqual([]);

    await user.click(await bell());
    box = await dialog();
    expect(box.getByRole("checkbox", { name: `${events.others}: Desktop` })).toHaveProperty("checked", false);
    expect(box.getByRole("switch", { name: "Quiet hours" }).getAttribute("aria-checked")).toBe("true");
    expect(box.getByRole("switch", { name: "Quiet for an hour" }).getAttribute("aria-checked")).toBe("false");
  });

  test("can be set by the keyboard alone", async () => {
    const { backend, user } = await open("#/section/mine");
    await bell();
    await user.keyboard("b");
    const box = await dialog();
    const first = box.getByRole("checkbox", { name: `${events.mine}: Desktop` });
    await waitFor(() => expect(document.activeElement).toBe(first));
    await user.keyboard(" ");
    for (let presses = 0; document.activeElement?.textContent !== "Save" && presses < 60; presses++) await user.tab();
    await user.keyboard("{Enter}");
    await waitFor(() => expect(calls(backend, "notifications.save")).toMatchObject([[{ desktop: { mine: false } }]]));
  });

  test("quiet hours are typed as one likes, for some days, and stored as the program has them (R20)", async () => {
    const { backend, user } = await open("#/section/mine", { bell: { quietHours: { from: "", to: "", days: [] } } });
    await user.click(await bell());
    const box = await dialog();
    const on = box.getByRole("switch", { name: "Quiet hours" });
    expect(on.getAttribute("aria-checked")).toBe("false");
    const from = box.getByRole("textbox", { name: "Start of quiet hours" });
    await user.clear(from);
    await user.type(from, "1730{Tab}");
    expect(from).toHaveProperty("value", "17:30");
    await user.keyboard("{ArrowUp}");
    expect(box.getByRole("textbox", { name: "End of quiet hours" })).toHaveProperty("value", "08:45");
    expect(on.getAttribute("aria-checked")).toBe("true");
    await user.click(box.getByRole("button", { name: "Saturday" }));
    await user.click(box.getByRole("button", { name: "Sunday" }));
    await user.click(box.getByRole("button", { name: "Save" }));
    await waitFor(() => expect(calls(backend, "notifications.save")).toMatchObject([[{ quietHours: { from: "17:30", to: "08:45", days: ["mon", "tue", "wed", "thu", "fri"] } }]]));
  });

  test("what cannot be is said beside it, and nothing is stored", async () => {
    const { backend, user } = await open("#/section/mine");
    await user.click(await bell());
    const box = await dialog();
    const from = box.getByRole("textbox", { name: "Start of quiet hours" });
    await user.clear(from);
    await user.type(from, "25:00");
    for (const day of ["Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"]) await user.click(box.getByRole("button", { name: day }));
    await user.click(box.getByRole("button", { name: "Save" }));
    expect(await box.findByText("Fill in times such as 18:00.")).toBeTruthy();
    expect(box.getByText("Choose at least one day, or switch quiet hours off.")).toBeTruthy();
    expect(document.activeElement).toBe(from);
    expect(calls(backend, "notifications.save")).toEqual([]);
    await user.click(box.getByRole("switch", { name: "Quiet hours" }));
    await user.click(box.getByRole("button", { name: "Save" }));
    await waitFor(() => expect(calls(backend, "notifications.save")).toMatchObject([[{ quietHours: { from: "", to: "", days: [] } }]]));
  });

  test("a sound is chosen, the text hidden, a channel muted", async () => {
    const { backend, user } = await open("#/section/mine");
    await user.click(await bell());
    const box = await dialog();
    await user.selectOptions(box.getByRole("combobox", { name: "Tone" }), "chime");
    await user.click(box.getByRole("switch", { name: "Start of the text" }));
    await user.click(box.getByRole("button", { name: "Muted channels: None" }));
    await user.click(await screen.findByRole("menuitemcheckbox", { name: "Sales" }));
    await user.keyboard("{Escape}");
    expect(await box.findByRole("button", { name: "Muted channels: Sales" })).toBeTruthy();
    await user.click(box.getByRole("button", { name: "Save" }));
    await waitFor(() => expect(calls(backend, "notifications.save")).toMatchObject([[{ sound: true, tone: "chime", preview: false, muted: ["sales"] }]]));
  });

  test("quiet for an hour is told at the bell, in words, and ends there too", async () => {
    const { backend, user } = await open("#/section/mine");
    await user.click(await bell());
    let box = await dialog();
    await user.click(box.getByRole("switch", { name: "Quiet for an hour" }));
    await user.click(box.getByRole("button", { name: "Save" }));
    const quiet = await bell(/^Notifications: Quiet until \d\d:58$/);
    expect(quiet.textContent).toMatch(/Quiet until \d\d:58/);
    expect(calls(backend, "notifications.pause")).toEqual([[60]]);

    await user.click(quiet);
    box = await dialog();
    expect(box.getByRole("switch", { name: "Quiet for an hour" }).getAttribute("aria-checked")).toBe("true");
    await user.click(box.getByRole("switch", { name: "Quiet for an hour" }));
    await user.click(box.getByRole("button", { name: "Save" }));
    expect(await bell()).toBeTruthy();
    expect(calls(backend, "notifications.pause")).toEqual([[60], [0]]);
  });

  test("says that e-mail needs an address, to who has entered none", async () => {
    const { user } = await open("#/section/mine", { settings: { email: "" } });
    await user.click(await bell());
    const box = await dialog();
    expect(box.getByText(/you have not entered one/)).toBeTruthy();
    await user.click(box.getByRole("checkbox", { name: `${events.mine}: E-mail` }));
    await user.click(box.getByRole("checkbox", { name: `${events.assignedToMe}: E-mail` }));
    expect(box.queryByText(/you have not entered one/)).toBeNull();
  });

  test("that rings for nothing says so", async () => {
    const none = { mine: false, others: false, unassigned: false, assignedToMe: false, windowClosing: false };
    await open("#/section/mine", { bell: { desktop: none } });
    expect((await bell("Notifications: Off")).textContent).toContain("Off");
  });

  test("tells an hour before a reply window ends, where there are such", async () => {
    const name = "The time to answer a conversation assigned to you ends in an hour";
    const { backend, user } = await open("#/section/mine", { chats: true });
    await user.click(await bell());
    const box = await dialog();
    expect(box.getByRole("checkbox", { name: `${name}: Desktop` })).toHaveProperty("checked", true);
    await user.click(box.getByRole("checkbox", { name: `${name}: E-mail` }));
    await user.click(box.getByRole("button", { name: "Save" }));
    await waitFor(() => expect(calls(backend, "notifications.save")).toMatchObject([[{ desktop: { windowClosing: true }, email: { windowClosing: true } }]]));
  });

  test("that would ring only for windows rings for nothing where there are none", async () => {
    const windows = { mine: false, others: false, unassigned: false, assignedToMe: false, windowClosing: true };
    const { user } = await open("#/section/mine", { bell: { desktop: windows } });
    await user.click(await bell("Notifications: Off"));
    expect((await dialog()).queryByText(/time to answer/)).toBeNull();
  });

  test("keeps what was chosen when it could not be stored, and says why", async () => {
    const before = (name: string) => {
      if (name === "notifications.save") throw new BackendError("unavailable", "The team’s folder is not there now.", "IMAP gone");
    };
    const { user } = await open("#/section/mine", { before });
    await user.click(await bell());
    const box = await dialog();
    await user.click(box.getByRole("checkbox", { name: `${events.others}: E-mail` }));
    await user.click(box.getByRole("button", { name: "Save" }));
    expect(await box.findByText("The team’s folder is not there now.")).toBeTruthy();
    expect(box.getByRole("checkbox", { name: `${events.others}: E-mail` })).toHaveProperty("checked", true);
  });

  test("whose choices could not be fetched offers to try again", async () => {
    let broken = true;
    const before = (name: string) => {
      if (broken && name === "notifications.get") throw new BackendError("internal", "The disk is full.");
    };
    const { user } = await open("#/section/mine", { before });
    await user.click(await bell());
    const box = await dialog();
    expect(await box.findByText("The disk is full.")).toBeTruthy();
    expect(box.getByRole("button", { name: "Save" })).toHaveProperty("disabled", true);
    broken = false;
    await user.click(box.getByRole("button", { name: "Try again" }));
    expect(await box.findByRole("checkbox", { name: `${events.mine}: Desktop` })).toBeTruthy();
  });

  test("speaks Dutch", async () => {
    const { user } = await open("#/section/mine", { settings: { language: "nl" } });
    await user.click(await bell("Meldingen"));
    const box = await dialog("Meldingen");
    for (const name of [
      "Nieuwe berichten worden ontvangen in gesprekken die aan jou zijn toegewezen",
      "Nieuwe berichten worden ontvangen in gesprekken die zijn toegewezen aan andere gebruikers",
      "Nieuwe berichten worden ontvangen in niet-toegewezen gesprekken",
      "Iemand heeft een nieuw gesprek aan jou toegewezen",
    ]) {
      expect(box.getByRole("checkbox", { name: `${name}: Bureaublad` })).toBeTruthy();
      expect(box.getByRole("checkbox", { name: `${name}: E-mail` })).toBeTruthy();
    }
    expect(box.getByRole("button", { name: "Opslaan" })).toBeTruthy();
  });
});

describe("why was I not notified? (R19)", () => {
  test("leads from the bell to the history, with each outcome and its reason", async () => {
    const { user } = await open("#/section/mine");
    await user.click(await bell());
    await user.click((await dialog()).getByRole("link", { name: "Why was I not notified?" }));
    expect(location.hash).toBe("#/settings/notifications");
    expect(screen.queryByRole("dialog")).toBeNull();
    const main = await page();
    const items = () => main.getAllByRole("listitem").map((item) => item.textContent?.replace(/\s+/g, " "));
    await waitFor(() => expect(items()[0]).toMatch(/Jolanda Prins.*New message, unassigned.*Desktop.*Shown.*E-mail.*switched off/));
    expect(items()[0], "nothing is wrong with an e-mail that nobody wanted").not.toMatch(/Not sent|Fix/);
    expect(items()[1]).toMatch(/Van Loon.*Not shown.*behind the bell/);
    expect(main.getByRole("heading", { name: "Today" })).toBeTruthy();
    await user.click(main.getByRole("link", { name: /Thomas Weir/ }));
    expect(location.hash).toBe("#/conversation/c14");
  });

  test("Fix leads to what can be pressed", async () => {
    const { user } = await open("#/settings/notifications");
    const main = await page();
    const [first] = await main.findAllByRole("button", { name: /^Fix: .*switched off/ });
    await user.click(first as HTMLElement);
    await user.click((await dialog()).getByRole("button", { name: "Cancel" }));
    await user.click(main.getByRole("button", { name: /^Fix: .*does not let/ }));
    expect(main.getByText(/^Linux: Settings > Notifications/)).toBeTruthy();
    expect(document.activeElement?.textContent).toContain("The system shows nothing");
    await user.click(main.getByRole("button", { name: /^Fix: .*no mail server/ }));
    expect(location.hash).toBe("#/settings/team");
  });

  test("shows only what did not arrive, and teammates' e-mails when asked", async () => {
    const { user } = await open("#/settings/notifications");
    const main = await page();
    await main.findByText("Cycling Monthly");
    await user.selectOptions(main.getByRole("combobox", { name: "Show" }), "missed");
    expect(main.queryByText("Cycling Monthly")).toBeNull();
    expect(main.queryByText("Jolanda Prins")).toBeNull();
    expect(main.getByText("Bakkerij Zonnig")).toBeTruthy();
    await user.selectOptions(main.getByRole("combobox", { name: "Show" }), "email");
    await user.click(main.getByRole("checkbox", { name: "Teammates too" }));
    expect(await main.findByText("For Ann de Wit")).toBeTruthy();
    expect(main.getByText("New message, assigned to Ann de Wit")).toBeTruthy();
  });

  test("says when there is nothing yet, and what went wrong", async () => {
    let broken = true;
    const before = (name: string) => {
      if (broken && name === "notifications.history") throw new BackendError("internal", "The disk is full.");
    };
    const { backend, user } = await open("#/settings/notifications", { history: [], before });
    const main = await page();
    expect(await main.findByText("The disk is full.")).toBeTruthy();
    broken = false;
    await user.click(main.getByRole("button", { name: "Try again" }));
    expect(await main.findByText("Nothing yet")).toBeTruthy();
    expect(main.queryByText("The disk is full.")).toBeNull();

    const { history } = await import("$lib/backend/fakeHistory");
    backend.bell.rows = history;
    backend.emit("notifications.changed", null);
    expect(await main.findByText("Jolanda Prins")).toBeTruthy();
  });

  test("the self-test goes step by step and says what to do", async () => {
    const { backend, user } = await open("#/settings/notifications");
    const main = await page();
    await user.click(main.getByRole("button", { name: "Start self-test" }));
    expect(await main.findByText("1 step needs you.")).toBeTruthy();
    const steps = within(main.getByRole("list", { name: "Self-test" })).getAllByRole("listitem");
    expect(steps.map((step) => step.querySelector(".medium")?.textContent)).toEqual(["The bell", "Conversation in front", "Postvak runs", "The tray", "The system’s permission", "Do not disturb", "A test notification", "A test e-mail"]);
    expect(steps[4]?.textContent).toContain("Does not work:");
    expect(calls(backend, "notifications.selfTest")).toHaveLength(1);
    await user.click(main.getByRole("button", { name: "Fix: The system’s permission" }));
    expect(document.activeElement?.textContent).toContain("The system shows nothing");
  });

  test("what e-mail alerts need is said in plain words", async () => {
    await open("#/settings/notifications");
    const main = await page();
    expect(main.getByText(/E-mail alerts need at least one desktop of the team switched on/)).toBeTruthy();
    expect(main.getByText(/--headless/)).toBeTruthy();
  });
});

describe("news", () => {
  const notice = { conversationId: "c9", medium: "desktop" as const, outcome: "shown" as const, title: "Jolanda Prins · Info", body: "Dynamo flickers" };

  test("floats in a browser's page, once for each conversation, and opens it", async () => {
    const { backend, user } = await open("#/section/mine", { browser: true });
    await bell();
    backend.emit("notification", notice);
    backend.emit("notification", { ...notice, body: "And the brake" });
    expect(await screen.findByText("And the brake")).toBeTruthy();
    expect(screen.queryByText("Dynamo flickers")).toBeNull();
    await user.click(screen.getByRole("button", { name: /^Open: And the brake/ }));
    expect(location.hash).toBe("#/conversation/c9");
    await waitFor(() => expect(screen.queryByText("And the brake")).toBeNull());
  });

  test("names a number as it is read everywhere", async () => {
    const { backend } = await open("#/section/mine", { browser: true });
    await bell();
    backend.emit("notification", { ...notice, title: "+31612345678 · Info" });
    expect(await screen.findByText("+31 6 1234 5678 · Info")).toBeTruthy();
  });

  test("of several at once opens their list", async () => {
    const { backend, user } = await open("#/section/closed", { browser: true });
    await bell();
    backend.emit("notification", { ...notice, event: "mine", code: "digest", title: "6 new messages", body: "Jolanda Prins, Noor van Dijk" });
    await user.click(await screen.findByRole("button", { name: /^Open: Jolanda Prins, Noor/ }));
    expect(location.hash).toBe("#/section/mine");
  });

  test("does not float where the system shows it, nor when it was held back", async () => {
    const native = await open("#/section/mine");
    await bell();
    native.backend.emit("notification", notice);
    expect(native.app.toasts.list).toEqual([]);
    const browser = await open("#/section/mine", { browser: true });
    browser.backend.emit("notification", { ...notice, outcome: "suppressed", reason: "It was open in front of you." });
    expect(browser.app.toasts.list).toEqual([]);
  });

  test("waits for somebody to look at the page", async () => {
    vi.useFakeTimers({ shouldAdvanceTime: true });
    const hidden = vi.spyOn(document, "hidden", "get").mockReturnValue(true);
    const { app, backend } = await open("#/section/mine", { browser: true });
    await bell();
    backend.emit("notification", notice);
    await vi.advanceTimersByTimeAsync(60_000);
    expect(app.toasts.list).toHaveLength(1);
    hidden.mockReturnValue(false);
    await vi.advanceTimersByTimeAsync(60_000);
    expect(app.toasts.list).toHaveLength(0);
    vi.useRealTimers();
  });

  test("does not float over an open dialog", async () => {
    const { backend, user } = await open("#/section/mine", { browser: true });
    await user.click(await bell());
    await dialog();
    backend.emit("notification", notice);
    await new Promise((go) => setTimeout(go));
    expect(screen.queryByText("Dynamo flickers")).toBeNull();
    await user.keyboard("{Escape}");
    expect(await screen.findByText("Dynamo flickers")).toBeTruthy();
  });

  test("leads by reply to where one writes", async () => {
    const { backend } = await open("#/section/mine");
    await bell();
    backend.emit("navigate", { to: "#/conversation/c9", focus: "composer" });
    const field = await screen.findByRole("textbox", { name: /^Reply to/ });
    await waitFor(() => expect(document.activeElement).toBe(field));
  });

  test("stands in the window's title", async () => {
    await open("#/section/mine");
    await waitFor(() => expect(document.title).toMatch(/^\(\d+\) Postvak$/));
  });
});

describe("closing the window", () => {
  test.each([
    ["Keep in the tray", [[true]]],
    ["Quit", [[false]]],
    ["Cancel", []],
  ])("asks once: %s", async (answer, expected) => {
    const { backend, user } = await open("#/section/mine");
    await bell();
    backend.emit("window.closing", { tray: true });
    const box = await dialog("Keep Postvak in the tray?");
    await user.click(box.getByRole("button", { name: answer }));
    await waitFor(() => expect(screen.queryByRole("dialog")).toBeNull());
    expect(calls(backend, "window.closing")).toEqual(expected);
  });

  test("loses nothing that was being written", async () => {
    const { backend, user } = await open("#/section/mine");
    await user.click(await screen.findByRole("button", { name: "New conversation" }));
    const letter = await screen.findByRole("textbox", { name: "Subject" });
    await user.type(letter, "Spring offer");
    backend.emit("window.closing", { tray: true });
    await user.click((await dialog("Keep Postvak in the tray?")).getByRole("button", { name: "Cancel" }));
    await waitFor(() => expect(screen.getAllByRole("dialog")).toHaveLength(1));
    expect(screen.getByRole("textbox", { name: "Subject" })).toHaveProperty("value", "Spring offer");
  });

  test("without a tray is told once, when somebody looks again", async () => {
    const looks = vi.spyOn(document, "hasFocus").mockReturnValue(false);
    const { backend } = await open("#/section/mine");
    await bell();
    backend.emit("window.minimised", null);
    backend.emit("window.minimised", null);
    expect(screen.queryByText("The window was minimised")).toBeNull();
    looks.mockReturnValue(true);
    dispatchEvent(new Event("focus"));
    expect(await screen.findAllByText("The window was minimised")).toHaveLength(1);
    backend.emit("window.minimised", null);
    dispatchEvent(new Event("focus"));
    expect(screen.getAllByText("The window was minimised")).toHaveLength(1);
  });

  test("Ctrl+Q quits, also while one writes; not from a browser's page", async () => {
    const { backend, user } = await open("#/section/mine");
    await user.click(await screen.findByRole("button", { name: "New conversation" }));
    await user.type(await screen.findByRole("textbox", { name: "Subject" }), "x");
    await user.keyboard("{Control>}q{/Control}");
    await waitFor(() => expect(calls(backend, "window.quit")).toHaveLength(1));
  });

  test("one's own address is entered in the settings, and a slip is said", async () => {
    const { backend, user } = await open("#/settings", { settings: { email: "" } });
    const field = (await page()).getByRole("textbox", { name: "Your e-mail address" });
    await user.type(field, "bram{Tab}");
    expect((await page()).getByText("This is not an e-mail address: bram")).toBeTruthy();
    expect(calls(backend, "settings.save")).toEqual([]);
    await user.type(field, "@shop.example{Tab}");
    expect(calls(backend, "settings.save")).toEqual([[{ email: "bram@shop.example" }]]);
    expect((await page()).queryByText(/This is not an/)).toBeNull();
  });

  test("what it does is a setting, and so is starting at login", async () => {
    const { backend, user } = await open("#/settings");
    const main = await page();
    await user.click(main.getByRole("checkbox", { name: /^Start Postvak when I log in/ }));
    await user.click(main.getByRole("checkbox", { name: /^Keep Postvak in the tray/ }));
    expect(calls(backend, "settings.save")).toEqual([[{ startAtLogin: true }], [{ keepInTray: false }]]);
  });
});
