import { screen, waitFor, within } from "@testing-library/svelte";
import { expect, test, vi } from "vitest";
import { fake } from "$lib/backend/fake";
import { calls, open } from "../../test/render";
import { ConnectForm } from "./form.svelte";

async function dialog() {
  const stage = await open("", { firstRun: true });
  await stage.user.click((await screen.findAllByRole("button", { name: "Connect a mailbox" }))[0] as HTMLElement);
  const box = within(await screen.findByRole("dialog", { name: "Connect a mailbox" }));
  return { ...stage, box };
}

test("a refused password is said, with details, and nothing typed is lost", async () => {
  const { backend, user, box } = await dialog();
  await user.type(box.getByRole("textbox", { name: "E-mail address" }), "info@shop.example");
  await user.type(box.getByLabelText("Password"), "wrong");
  await user.click(box.getByRole("button", { name: "Connect" }));
  expect(await box.findByText(/refused the password/)).toBeTruthy();
  expect(box.getByText(/AUTHENTICATIONFAILED/)).toBeTruthy();
  expect(box.getByRole("textbox", { name: "E-mail address" })).toHaveProperty("value", "info@shop.example");
  expect(box.getByLabelText("Password")).toHaveProperty("value", "wrong");

  await user.clear(box.getByLabelText("Password"));
  await user.type(box.getByLabelText("Password"), "right");
  await user.click(box.getByRole("button", { name: "Connect" }));
  await waitFor(() => expect(screen.queryByRole("dialog")).toBeNull());
  expect(calls(backend, "channels.connectEmail").at(-1)).toMatchObject([
    {
      name: "info@shop.example",
      shared: true,
      openSince: "2026-10-21T09:58:00.000Z",
      imap: { host: "imap.shop.example", port: 993, security: "tls", username: "info@shop.example" },
      smtp: { host: "smtp.shop.example" },
      password: "right",
    },
  ]);
  expect(await screen.findByRole("navigation", { name: "Messaging inbox" })).toBeTruthy();
});

test("guessed servers can be looked at and typed over, and stay typed", async () => {
  const { backend, user, box } = await dialog();
  await user.type(box.getByRole("textbox", { name: "E-mail address" }), "info@shop.example");
  await user.tab();
  await user.click(box.getByRole("button", { name: /Server settings/ }));
  const [imap] = box.getAllByRole("textbox", { name: "Server" }) as [HTMLInputElement];
  await waitFor(() => expect(imap.value).toBe("imap.shop.example"));
  await user.clear(imap);
  await user.type(imap, "mail.other.example");
  await user.type(box.getByLabelText("Password"), "right");
  await user.click(box.getByRole("button", { name: "Connect" }));
  await waitFor(() => expect(calls(backend, "channels.connectEmail")).toHaveLength(1));
  expect(calls(backend, "channels.connectEmail")[0]).toMatchObject([{ imap: { host: "mail.other.example" } }]);
});

test("which old mail is still work is a choice (R36)", () => {
  const { since } = new ConnectForm(fake(), () => new Date("2026-11-20T09:58:00Z"));
  expect(since.value).toBe("2026-10-21T09:58:00.000Z");
  since.choice = "all";
  expect(since.value).toBe("");
  since.choice = "date";
  since.date = "2026-01-02";
  expect(since.value).toBe(new Date("2026-01-02T00:00:00").toISOString());
});

test("a guess that fails leaves the fields to be typed", async () => {
  const backend = fake();
  backend.channels.guess = vi.fn().mockRejectedValue(new Error("no"));
  const form = new ConnectForm(backend, () => new Date());
  form.address = "info@shop.example";
  await form.guess();
  expect(form.error).toBeUndefined();
  await form.submit();
  expect(form.advanced).toBe(true);
});

test("the demo team is offered where there is one", async () => {
  const { backend, user } = await open("", { firstRun: true });
  await user.click(await screen.findByRole("button", { name: "Open the demo team" }));
  expect(calls(backend, "settings.openDemo")).toHaveLength(1);
});

test("what is missing is said beside its field, and the field is where one goes on", async () => {
  const { backend, user, box } = await dialog();
  await user.type(box.getByRole("textbox", { name: "E-mail address" }), "no address");
  await user.tab();
  expect(await box.findByText(/Fill in an e-mail address/)).toBeTruthy();
  await user.click(box.getByRole("button", { name: "Connect" }));
  expect(box.getByText("Fill in the password.")).toBeTruthy();
  expect(document.activeElement).toBe(box.getByRole("textbox", { name: "E-mail address" }));
  expect(calls(backend, "channels.connectEmail")).toEqual([]);
});
