import { screen, waitFor, within } from "@testing-library/svelte";
import { expect, test, vi } from "vitest";
import { BackendError, type AuthorizationState } from "$lib/backend";
import { fake } from "$lib/backend/fake";
import { calls, open } from "../../test/render";
import { ConnectForm } from "./form.svelte";
import { OAuthForm } from "./oauth.svelte";

async function dialog() {
  const stage = await open("", { firstRun: true });
  await stage.user.click((await screen.findAllByRole("button", { name: "Connect a mailbox" }))[0] as HTMLElement);
  const box = within(await screen.findByRole("dialog", { name: "Connect a mailbox" }));
  return { ...stage, box };
}

/** A person who is still on the provider's page until told. */
function slow(backend: ReturnType<typeof fake>) {
  let tell: (state: AuthorizationState) => void = () => undefined;
  backend.channels.authorized = vi.fn(() => new Promise<AuthorizationState>((resolve) => (tell = resolve)));
  return (state: AuthorizationState["state"], reason = "") => tell({ state, reason, address: "" });
}

test("a gmail.com address leads to signing in with Google, which connects by itself", async () => {
  const { backend, user, box } = await dialog();
  const answer = slow(backend);
  await user.type(box.getByRole("textbox", { name: "E-mail address" }), "shop@gmail.com");
  await user.tab();
  await waitFor(() => expect(box.getByRole("radio", { name: "Google" })).toHaveProperty("checked", true));
  expect(box.queryByLabelText("Password")).toBeNull();
  await user.click(box.getByRole("button", { name: "Sign in with Google" }));
  expect(box.getByText("Fill in the client ID.")).toBeTruthy();
  expect(box.getByText("Fill in the client secret.")).toBeTruthy();

  await user.type(box.getByRole("textbox", { name: "Client ID" }), "1-a.apps.googleusercontent.com");
  await user.type(box.getByLabelText("Client secret"), "GOCSPX-1");
  await user.click(box.getByRole("button", { name: "Sign in with Google" }));
  expect(await box.findByText(/Allow it as shop@gmail\.com/)).toBeTruthy();
  expect(calls(backend, "channels.connectEmail")).toEqual([]);
  expect(calls(backend, "channels.authorize")[0]).toMatchObject([{ provider: "google", clientId: "1-a.apps.googleusercontent.com", clientSecret: "GOCSPX-1", address: "shop@gmail.com" }]);

  await user.click(box.getByRole("button", { name: "Open the page again" }));
  expect(calls(backend, "channels.openAuthorization")).toHaveLength(1);
  answer("done");
  await waitFor(() => expect(screen.queryByRole("dialog")).toBeNull());
  expect(calls(backend, "channels.connectEmail")[0]).toMatchObject([{ address: "shop@gmail.com", password: "", grant: "grant1" }]);
});

test("an app password stays possible at Google", async () => {
  const { backend, user, box } = await dialog();
  await user.type(box.getByRole("textbox", { name: "E-mail address" }), "shop@gmail.com");
  await user.tab();
  await waitFor(() => expect(box.getByRole("radio", { name: "Google" })).toHaveProperty("checked", true));
  await user.click(box.getByRole("radio", { name: "With a password or app password" }));
  await user.type(box.getByLabelText("Password"), "abcd efgh");
  await user.click(box.getByRole("button", { name: "Connect" }));
  await waitFor(() => expect(calls(backend, "channels.connectEmail")).toHaveLength(1));
  expect(calls(backend, "channels.connectEmail")[0]).toMatchObject([{ password: "abcd efgh", grant: "" }]);
  expect(calls(backend, "channels.authorize")).toEqual([]);
});

test("a code is shown for another device, and stopping gives the sign-in up", async () => {
  const { backend, user, box } = await dialog();
  const answer = slow(backend);
  await user.type(box.getByRole("textbox", { name: "E-mail address" }), "info@outlook.com");
  await user.tab();
  await waitFor(() => expect(box.getByRole("radio", { name: "Microsoft" })).toHaveProperty("checked", true));
  await user.type(box.getByRole("textbox", { name: "Client ID" }), "00000000-0000-0000-0000-000000000000");
  await user.click(box.getByRole("checkbox", { name: /code on another device/ }));
  await user.click(box.getByRole("button", { name: "Sign in with Microsoft" }));
  expect(await box.findByText("ABCD-1234")).toBeTruthy();
  await user.click(box.getByRole("button", { name: "Stop waiting" }));
  expect(calls(backend, "channels.unauthorize")).toEqual([["grant1"]]);
  answer("failed", "gone");
  expect(await box.findByText(/Nobody signed in/)).toBeTruthy();
  expect(calls(backend, "channels.connectEmail")).toEqual([]);
});

test("how to get a client id stands step by step beside it", async () => {
  const { user, box } = await dialog();
  await user.click(box.getByRole("radio", { name: "Microsoft" }));
  await user.click(box.getByText("How do I get a client ID?"));
  expect(box.getByText(/http:\/\/localhost/)).toBeTruthy();
  expect(box.getByText(/IMAP\.AccessAsUser\.All/)).toBeTruthy();
});

test("one sign-in serves until something about it changes, or a server refuses it", async () => {
  const backend = fake();
  const form = new ConnectForm(backend, () => new Date("2026-11-20T09:58:00Z"));
  form.address = "info@outlook.com";
  form.oauth.choose("microsoft");
  form.oauth.clientId = "a";
  const connect = backend.channels.connectEmail;
  backend.channels.connectEmail = vi.fn().mockRejectedValue(new BackendError("invalid", "no such server"));
  await form.submit();
  await form.submit();
  expect(calls(backend, "channels.authorize")).toHaveLength(1);
  backend.channels.connectEmail = vi.fn().mockRejectedValue(new BackendError("auth", "another account"));
  await form.submit();
  expect(calls(backend, "channels.unauthorize")).toEqual([["grant1"]]);
  backend.channels.connectEmail = connect;
  expect(await form.submit()).toBeTruthy();
  expect(calls(backend, "channels.authorize")).toHaveLength(2);
});

test("the company's program need not be typed again for its next mailbox", () => {
  const known = { provider: "google" as const, clientId: "1-a", tenant: "", baseUrl: "" };
  const form = new OAuthForm(fake(), { others: [known] });
  form.suggest("google");
  expect([form.clientId, form.ready]).toEqual(["1-a", true]);
  form.clientId = "2-b";
  expect(form.missesSecret).toBe(true);
  form.choose("");
  form.suggest("google");
  expect(form.provider).toBe("");
});

test("a channel whose sign-in ended is signed in to again with one press", async () => {
  const oauth = { provider: "microsoft" as const, clientId: "a", tenant: "", baseUrl: "" };
  const { backend, user } = await open("#/settings", {
    channels: [{ id: "ch1", kind: "email", name: "Service", address: "info@outlook.com", shared: true, installer: "bram", state: "needs_sign_in", reason: "Sign in again.", oauth }],
  });
  await user.click(await screen.findByRole("button", { name: "Sign in again" }));
  const box = within(await screen.findByRole("dialog", { name: /Sign in to/ }));
  expect(box.getByText(/replies wait in the outbox/)).toBeTruthy();
  await user.click(box.getByRole("button", { name: "Sign in with Microsoft" }));
  await waitFor(() => expect(calls(backend, "channels.signIn")).toEqual([["ch1", { username: "", password: "", grant: expect.any(String) as string }]]));
  expect(calls(backend, "channels.authorize")[0]).toMatchObject([{ channelId: "ch1", address: "info@outlook.com" }]);
});
