import { screen, waitFor, within } from "@testing-library/svelte";
import { beforeEach, describe, expect, test } from "vitest";
import { BackendError } from "$lib/backend";
import { composing } from "./focus.svelte";
import { calls, open } from "../../test/render";

const chats = { chats: true, settings: { undoSendSeconds: 5, signature: "Bram Kuiper" } };
const write = (name: RegExp) => screen.findByRole("textbox", { name });
const composer = async () => within(await screen.findByRole("group", { name: "Write" }));
const sending = () => screen.getByRole("button", { name: "Send" });

beforeEach(() => {
  composing.wish = undefined;
});

describe("on WhatsApp", () => {
  test("the composer counts the window down and says what comes then (R28)", async () => {
    await open("#/conversation/w0", chats);
    expect((await composer()).getByText(/^Free text until .* 1 h 12 min, then only a template$/)).toBeTruthy();
  });

  test("what is written goes as it is, at once: no signature, no delay", async () => {
    const { backend, user } = await open("#/conversation/w0", chats);
    await user.type(await write(/Sanne/), "Until then");
    await user.click(sending());
    await waitFor(() => expect(calls(backend, "composer.send")).toHaveLength(1));
    expect(calls(backend, "composer.send")[0]).toMatchObject(["w0", { text: "Until then", templateId: "" }]);
    expect(screen.queryByRole("button", { name: "Undo" })).toBeNull();
  });

  test("a text that is too long says by how much, and is not sent", async () => {
    const { app, user, backend } = await open("#/conversation/w0", chats);
    const field = await write(/Sanne/);
    app.composer.change({ text: "x".repeat(1612) });
    expect(await screen.findByText("12 characters too many")).toBeTruthy();
    expect(screen.getByText("1,612 / 1,600")).toBeTruthy();
    expect(sending()).toHaveProperty("disabled", true);
    await user.type(field, "{Control>}{Enter}{/Control}");
    expect(calls(backend, "composer.send")).toEqual([]);
    app.composer.change({ text: "x".repeat(1600) });
    await waitFor(() => expect(sending()).toHaveProperty("disabled", false));
  });

  test("files that are too large are named, and several go as several messages", async () => {
    const { app, backend } = await open("#/conversation/w0", chats);
    await write(/Sanne/);
    const file = (name: string, type: string, size: number) => ({ id: name, name, type, size });
    await app.composer.attach(Promise.resolve([file("photo.jpg", "image/jpeg", 6_000_000), file("list.pdf", "application/pdf", 6_000_000)]));
    expect((await screen.findByRole("alert")).textContent).toContain("photo.jpg is too large: 5 MB at most.");
    expect(sending()).toHaveProperty("disabled", true);
    app.composer.detach(0);
    await waitFor(() => expect(sending()).toHaveProperty("disabled", false));
    await app.composer.attach(backend.files.pick());
    expect(await screen.findByText("Goes as 2 messages")).toBeTruthy();
  });

  test("after the window only a template goes: chosen, filled in, seen, sent (R27)", async () => {
    const { backend, user } = await open("#/conversation/w2", chats);
    expect(await screen.findByText(/WhatsApp takes only an approved template/)).toBeTruthy();
    expect(await screen.findByRole("radio", { name: /Winter offer.*Not approved/ })).toHaveProperty("disabled", true);
    expect(screen.queryByRole("textbox", { name: /Reply/ })).toBeNull();
    await user.click(screen.getByRole("button", { name: "Use template" }));
    expect(sending()).toHaveProperty("disabled", true);
    const preview = screen.getByRole("group", { name: "How the contact reads it" });
    expect(within(preview).getByText("Place 1").tagName).toBe("MARK");
    expect(preview.textContent).not.toContain("{{");
    await user.type(screen.getByRole("textbox", { name: "Place 1" }), "Mehmet");
    await user.type(screen.getByRole("textbox", { name: "Place 2" }), "six");
    expect(screen.getByRole("group", { name: "How the contact reads it" }).textContent).toContain("Hello Mehmet, your bike is ready at Noordzee Fietsen. We are open until six.");
    await user.click(sending());
    await waitFor(() => expect(calls(backend, "composer.send")).toHaveLength(1));
    expect(calls(backend, "composer.send")[0]).toMatchObject(["w2", { templateId: "HX1", variables: { 1: "Mehmet", 2: "six" }, text: "", attachments: [] }]);
    expect(await screen.findByText("Template · Appointment ready")).toBeTruthy();
  });

  test("a template's buttons are seen, and where they lead is filled in", async () => {
    const template = { id: "HX9", name: "track", language: "en", body: "It is on its way.", variables: ["2"], extra: ["Track your order", "https://shop.example/{{2}}"], approved: true };
    const { user } = await open("#/conversation/w2", { ...chats, templates: [template] });
    await user.click(await screen.findByRole("button", { name: "Use template" }));
    await user.type(screen.getByRole("textbox", { name: "Place 2" }), "ZL-1");
    const { textContent } = screen.getByRole("group", { name: "How the contact reads it" });
    expect(textContent).toMatch(/It is on its way\.\s*Track your order\s*https:\/\/shop\.example\/ZL-1/);
  });

  test("a window that ends while somebody types loses nothing, and the template does not take the text along", async () => {
    const { app, backend, user } = await open("#/conversation/w0", chats);
    await user.type(await write(/Sanne/), "One more thing");
    backend.rows.filter(({ id }) => id === "w0").forEach((row) => Object.assign(row, { window: "template_only", replyBy: "" }));
    app.clock.follow("2026-11-20T11:10:00Z");
    expect(await screen.findByText("What you wrote is kept here:")).toBeTruthy();
    expect(screen.getByText("One more thing")).toBeTruthy();
    await user.click(await screen.findByRole("radio", { name: /Ask to write again/ }));
    await user.click(screen.getByRole("button", { name: "Use template" }));
    await user.click(sending());
    await waitFor(() => expect(calls(backend, "composer.send")).toHaveLength(1));
    expect(calls(backend, "composer.send")[0]).toMatchObject(["w0", { templateId: "HX2", text: "" }]);
    await waitFor(() => expect(calls(backend, "composer.saveDraft").at(-1)).toMatchObject(["w0", { templateId: "", text: "One more thing" }]));
    expect(screen.getByText("One more thing")).toBeTruthy();
    // The contact wrote again: it can be sent now.
    backend.rows.filter(({ id }) => id === "w0").forEach((row) => Object.assign(row, { window: "free", replyBy: "2026-11-21T11:10:00Z" }));
    backend.emit("inbox.changed", { conversationIds: ["w0"], sections: [] });
    expect(await write(/Sanne/)).toHaveProperty("value", "One more thing");
  });

  test("a template can be chosen inside of the window too, and left again", async () => {
    const { user } = await open("#/conversation/w0", chats);
    await user.type(await write(/Sanne/), "Hello");
    await user.click(screen.getByRole("button", { name: "Choose a template" }));
    expect(await screen.findByRole("radio", { name: /Appointment ready/ })).toBeTruthy();
    await user.click((await composer()).getByRole("button", { name: "Back" }));
    expect(await write(/Sanne/)).toHaveProperty("value", "Hello");
  });

  test("without templates it says where they come from", async () => {
    await open("#/conversation/w2", { ...chats, templates: [] });
    expect(await screen.findByText(/There are no templates yet/)).toBeTruthy();
  });

  test("templates that cannot be fetched say why, and are asked for again", async () => {
    let broken = true;
    const before = (name: string) => {
      if (broken && name === "composer.templates") throw new BackendError("unavailable", "Twilio cannot be reached.");
    };
    const { user } = await open("#/conversation/w2", { ...chats, before });
    expect(await screen.findByText("Twilio cannot be reached.")).toBeTruthy();
    broken = false;
    await user.click(screen.getByRole("button", { name: "Try again" }));
    expect(await screen.findByRole("radio", { name: /Appointment ready/ })).toBeTruthy();
  });

  test("out of reach, what is sent waits, and the window is still counted", async () => {
    const { app, backend, user } = await open("#/conversation/w0", { ...chats, offline: true });
    expect(await screen.findByText(/WhatsApp cannot be reached/)).toBeTruthy();
    expect((await composer()).getByText(/1 h 12 min/)).toBeTruthy();
    await user.type(await write(/Sanne/), "Later");
    await user.click(sending());
    await waitFor(() => expect(calls(backend, "composer.send")).toHaveLength(1));
    // Nothing is being sent yet, and nobody says so.
    await waitFor(() => expect(app.toasts.list.map(({ title }) => title)).toEqual(["Waiting to send"]));
  });
});

describe("on Messenger", () => {
  test("after a day an answer needs the word of who wrote it (R27)", async () => {
    const { backend, user } = await open("#/conversation/w4", chats);
    await user.type(await write(/Pieter/), "Your helmet is in");
    expect((await composer()).getByText(/^Only what a person writes until .* 5 d, then no reply$/)).toBeTruthy();
    expect(sending()).toHaveProperty("disabled", true);
    await user.click(screen.getByRole("checkbox", { name: /Written by me, no advertising/ }));
    await user.click(sending());
    await waitFor(() => expect(calls(backend, "composer.send")).toHaveLength(1));
    expect(calls(backend, "composer.send")[0]).toMatchObject(["w4", { text: "Your helmet is in", humanAgent: true }]);
    expect(screen.queryByRole("button", { name: "Choose a template" })).toBeNull();
  });

  test("within a day nobody is asked for it", async () => {
    await open("#/conversation/w3", chats);
    await write(/Lotte/);
    expect(screen.queryByRole("checkbox", { name: /Written by me/ })).toBeNull();
  });

  test("after a week nothing goes, and it says why", async () => {
    const { backend, user } = await open("#/conversation/w5", chats);
    await user.type(await write(/Hanna/), "Hello{Control>}{Enter}{/Control}");
    expect(screen.getByText(/Messenger takes nothing until the contact writes again/)).toBeTruthy();
    expect(sending()).toHaveProperty("disabled", true);
    expect(calls(backend, "composer.send")).toEqual([]);
  });
});

test("a first message to a number is a template", async () => {
  const { backend, user } = await open("#/section/mine", chats);
  await screen.findByRole("listbox", { name: "Assigned to me" });
  await user.keyboard("c");
  const dialog = within(await screen.findByRole("dialog", { name: "New conversation" }));
  const from = dialog.getByRole("combobox", { name: "From" });
  expect(within(from).queryByRole("option", { name: /Noordzee Fietsen/ })).toBeNull();
  await user.selectOptions(from, "service");
  await user.type(dialog.getByRole("textbox", { name: "To" }), "06 1234");
  expect(dialog.getByText(/Fill in the whole number/)).toBeTruthy();
  await user.clear(dialog.getByRole("textbox", { name: "To" }));
  await user.type(dialog.getByRole("textbox", { name: "To" }), "+31 6 1234 5678");
  await user.click(await dialog.findByRole("radio", { name: /Ask to write again/ }));
  await user.click(dialog.getByRole("button", { name: "Use template" }));
  await user.click(dialog.getByRole("button", { name: "Send" }));
  await waitFor(() => expect(calls(backend, "composer.start")).toHaveLength(1));
  expect(calls(backend, "composer.start")[0]).toMatchObject([{ channelId: "service", to: ["+31612345678"], templateId: "HX2", text: "", subject: "" }]);
});
