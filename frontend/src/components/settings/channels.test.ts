import { screen, waitFor, within } from "@testing-library/svelte";
import { expect, test } from "vitest";
import { page, service } from "$lib/backend/fakeChat";
import { calls, open } from "../../test/render";

type Options = NonNullable<Parameters<typeof open>[1]>;

async function settings(options: Options = { chats: true }) {
  const stage = await open("#/settings", options);
  const region = await screen.findByRole("region", { name: "Channels" });
  const card = (name: string) => {
    const found = [...region.querySelectorAll<HTMLElement>(".channel")].find((each) => each.textContent.includes(name));
    if (!found) throw new Error(`no card of ${name}`);
    return within(found);
  };
  return { ...stage, card };
}

test("a WhatsApp channel gets a new key where the old one counts no more; the outbox waits", async () => {
  const { backend, card, user } = await settings({ channels: [{ ...service, state: "needs_sign_in", reason: "Twilio refused the key." }] });
  const line = card("Service line");
  expect(line.getByText(/\+31 20 123 4567/)).toBeTruthy();
  expect(line.getByText("Sign in again")).toBeTruthy();
  await user.click(line.getByRole("button", { name: "New key" }));
  const box = within(await screen.findByRole("dialog", { name: "Sign in to Service line" }));
  expect(box.getByText(/replies wait in the outbox/)).toBeTruthy();
  expect(box.getByLabelText("API key SID")).toHaveProperty("value", service.apiKey);
  await user.type(box.getByLabelText("API key secret"), "wrong");
  await user.click(box.getByRole("button", { name: "Sign in" }));
  expect(await box.findByText(/It was refused/)).toBeTruthy();
  await user.clear(box.getByLabelText("API key secret"));
  await user.type(box.getByLabelText("API key secret"), "new");
  await user.click(box.getByRole("button", { name: "Sign in" }));
  await waitFor(() => expect(screen.queryByRole("dialog")).toBeNull());
  expect(calls(backend, "channels.signIn").at(-1)).toEqual(["service", { username: "", password: "", apiKey: "", apiSecret: "new" }]);
});

test("a Messenger page gets a new token", async () => {
  const { backend, card, user } = await settings();
  await user.click(card("Noordzee Fietsen").getByRole("button", { name: "New token" }));
  const box = within(await screen.findByRole("dialog", { name: "Sign in to Noordzee Fietsen" }));
  await user.type(box.getByLabelText("Page access token"), " EAAB ");
  await user.click(box.getByRole("button", { name: "Sign in" }));
  await waitFor(() => expect(calls(backend, "channels.signIn")).toEqual([["page", { username: "", password: "", pageToken: "EAAB" }]]));
});

test("Human Agent is switched at the page, by who may", async () => {
  const { backend, card, user } = await settings();
  const box = card("Noordzee Fietsen").getByRole("checkbox", { name: /Human Agent/ });
  expect(box).toHaveProperty("checked", true);
  await user.click(box);
  await waitFor(() => expect(calls(backend, "channels.update")).toEqual([["page", { humanAgent: false }]]));
});

test("others see it read-only, with the reason (R30)", async () => {
  const { card } = await settings({ channels: [{ ...page, readOnly: "Only admins change channels." }] });
  const line = card("Noordzee Fietsen");
  expect(line.getByRole("checkbox", { name: /Human Agent/ })).toHaveProperty("disabled", true);
  expect(line.queryByRole("button", { name: "New token" })).toBeNull();
  expect(line.getByText("Only admins change channels.")).toBeTruthy();
});

test("a check of WhatsApp warns of what answers customers by itself", async () => {
  const { card, user } = await settings();
  const line = card("Service line");
  await user.click(line.getByRole("button", { name: "Check" }));
  expect(await line.findByText(/sample answers every customer/)).toBeTruthy();
});
