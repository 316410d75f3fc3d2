import { screen, waitFor, within } from "@testing-library/svelte";
import { expect, test, vi } from "vitest";
import * as data from "$lib/backend/fakeData";
import { calls, open } from "../../test/render";

const page = () => screen.findByRole("main", { name: "Settings" });
const button = (name: string | RegExp) => screen.getByRole("button", { name });
const dialog = async (name: string | RegExp) => within(await screen.findByRole("dialog", { name }));

test("a team of one becomes a team, after its mailbox was tried", async () => {
  const { backend, user } = await open("#/settings/team", { team: "solo" });
  await user.click(await screen.findByRole("button", { name: "Make this a team" }));
  const box = await dialog("Make this a team");
  await user.type(box.getByRole("textbox", { name: "Its e-mail address" }), "team@shop.example");
  await user.type(box.getByLabelText("Password"), "wrong");
  await user.click(box.getByRole("button", { name: "Check and make" }));
  expect(await box.findByText(/refused the password/)).toBeTruthy();
  expect(calls(backend, "team.create")).toEqual([]);

  await user.clear(box.getByLabelText("Password"));
  await user.type(box.getByLabelText("Password"), "right");
  await user.click(box.getByRole("button", { name: "Check and make" }));
  await waitFor(() => expect(screen.queryByRole("dialog")).toBeNull());
  const mailbox = { host: "imap.shop.example", port: 993, security: "tls", username: "team@shop.example", password: "right", folder: "", smtp: { host: "smtp.shop.example" } };
  expect(calls(backend, "team.create")).toMatchObject([[{ team: "Noordzee Fietsen", name: "Bram Kuiper", email: "bram@noordzeefietsen.nl", mailbox }]]);
  expect(await screen.findByRole("button", { name: "Invite somebody" })).toBeTruthy();
});

test("the mailbox that is here already is offered, with its servers", async () => {
  const server = { host: "mx.noordzeefietsen.nl", port: 1143, security: "starttls" as const, username: "info" };
  const [channel] = data.channels;
  const { backend, user } = await open("#/settings/team", { team: "solo", channels: [{ ...channel, imap: server, smtp: server } as never] });
  await user.click(await screen.findByRole("button", { name: "Make this a team" }));
  const box = await dialog("Make this a team");
  expect(box.getByRole("textbox", { name: "Its e-mail address" })).toHaveProperty("value", "info@noordzeefietsen.nl");
  await user.type(box.getByLabelText("Password"), "right");
  await user.click(box.getByRole("button", { name: "Check and make" }));
  await waitFor(() => expect(calls(backend, "team.create")).toMatchObject([[{ mailbox: { ...server, smtp: server } }]]));

  expect(calls(backend, "channels.guess")).toEqual([]);
});

test("what a team needs is said beside its field", async () => {
  const { backend, user } = await open("#/settings/team", { team: "solo" });
  await user.click(await screen.findByRole("button", { name: "Make this a team" }));
  const box = await dialog("Make this a team");
  await user.clear(box.getByRole("textbox", { name: "Name of the team" }));
  await user.click(box.getByRole("button", { name: "Check and make" }));
  expect(box.getByText("Fill in a name for the team.")).toBeTruthy();
  expect(document.activeElement).toBe(box.getByRole("textbox", { name: "Name of the team" }));
  expect(calls(backend, "team.check")).toEqual([]);
});

test("how far the history has moved is told", async () => {
  await open("#/settings/team", { log: { phase: "moving", done: 1204, total: 8310 } });
  const main = within(await page());
  expect(await main.findByText("Moving the history to the mailbox: 1,204 of 8,310")).toBeTruthy();
  expect(main.getByRole("progressbar").getAttribute("aria-valuenow")).toBe("14");
});

test("one joins by an invitation: read, filled in, asked, and let in by itself", async () => {
  const { backend, user } = await open("", { firstRun: true });
  await user.click(await screen.findByRole("button", { name: "Join a team" }));
  const box = await dialog("Join a team");
  await user.type(box.getByRole("textbox", { name: "Invitation" }), "nonsense");
  expect(await box.findByText(/This is not an invitation/)).toBeTruthy();
  await user.clear(box.getByRole("textbox", { name: "Invitation" }));
  await user.type(box.getByRole("textbox", { name: "Invitation" }), "postvak1:ab{Enter}cd");
  expect(await box.findByText("Noordzee Fietsen")).toBeTruthy();
  expect(box.getByRole("textbox", { name: "User name" })).toHaveProperty("value", "team@noordzeefietsen.nl");
  await user.type(box.getByRole("textbox", { name: "Your e-mail address" }), "bram@noordzeefietsen.nl");
  await user.type(box.getByLabelText("Password"), "secret");
  await user.click(box.getByRole("button", { name: "Ask to join" }));

  expect(await screen.findByRole("heading", { name: "Waiting to be let into Noordzee Fietsen" })).toBeTruthy();
  expect(calls(backend, "team.join")).toMatchObject([[{ invitation: "postvak1:abcd", name: "Bram Kuiper", mailbox: { host: "imap.noordzeefietsen.nl", password: "secret", folder: "Postvak" } }]]);
  const words = within(screen.getByRole("list", { name: "Four words to compare" }));
  expect(words.getAllByRole("listitem").map((each) => each.textContent)).toEqual(data.words);
  expect(screen.queryByRole("navigation", { name: "Messaging inbox" })).toBeNull();

  backend.people.status.state = "member";
  backend.emit("team.changed", null);
  backend.emit("team.changed", null);
  expect(await screen.findByRole("navigation", { name: "Messaging inbox" })).toBeTruthy();
  await waitFor(() => expect(screen.getAllByText("Welcome to Noordzee Fietsen")).toHaveLength(1));
  expect(location.hash).toBe("#/section/unassigned");
});

test("without an invitation one joins by the mailbox, and a refusal loses nothing", async () => {
  const { backend, user } = await open("", { firstRun: true });
  await user.click(await screen.findByRole("button", { name: "Join a team" }));
  const box = await dialog("Join a team");
  await user.click(box.getByRole("button", { name: "I have no invitation" }));
  await user.type(box.getByRole("textbox", { name: "Your e-mail address" }), "bram@shop.example");
  await user.type(box.getByRole("textbox", { name: "Its e-mail address" }), "team@shop.example");
  await user.type(box.getByLabelText("Password"), "wrong");
  await user.click(box.getByRole("button", { name: "Ask to join" }));
  expect(await box.findByText("The team was not asked yet")).toBeTruthy();
  expect(box.getByRole("textbox", { name: "Its e-mail address" })).toHaveProperty("value", "team@shop.example");
  expect(calls(backend, "team.join")).toMatchObject([[{ invitation: "", mailbox: { host: "imap.shop.example" } }]]);
});

test("who was refused is told so", async () => {
  await open("", { team: "pending", refused: "Your request was not accepted." });
  expect(await screen.findByText("Your request was not accepted.")).toBeTruthy();
  expect(screen.queryByText(/The team has been asked/)).toBeNull();
});

test("who waits can stop waiting, after being asked", async () => {
  const { backend, user } = await open("", { team: "pending" });
  await user.click(await screen.findByRole("button", { name: "Stop waiting" }));
  const box = await dialog("Stop waiting to be let in?");
  expect(calls(backend, "team.leave")).toEqual([]);
  await user.click(box.getByRole("button", { name: "Stop waiting" }));
  await waitFor(() => expect(calls(backend, "team.leave")).toHaveLength(1));
  expect(await screen.findByText("Welcome to Postvak")).toBeTruthy();
});

test("an admin compares the words and lets somebody in with a role, or refuses", async () => {
  const { backend, user } = await open("#/settings/team", { requests: data.requests });
  const fenna = within(await screen.findByRole("article", { name: /Fenna/ }));
  expect(fenna.getAllByRole("listitem").map((each) => each.textContent)).toEqual(data.words);
  await user.selectOptions(fenna.getByRole("combobox", { name: "Role" }), "admin");
  await user.click(fenna.getByRole("button", { name: /^Approve Fenna/ }));
  await waitFor(() => expect(calls(backend, "team.approve")).toEqual([["fenna", "admin"]]));
  expect(await screen.findByRole("combobox", { name: /Role of Fenna/ })).toBeTruthy();

  const eva = within(screen.getByRole("article", { name: "Request of Eva Smits" }));
  expect(eva.getByText("This is Eva Smits’s new computer.")).toBeTruthy();
  expect(eva.queryByRole("combobox")).toBeNull();
  await user.click(eva.getByRole("button", { name: "Refuse Eva Smits" }));
  await waitFor(() => expect(calls(backend, "team.remove")).toEqual([["eva-new"]]));
  expect(screen.queryByRole("dialog")).toBeNull();
  await waitFor(() => expect(screen.queryByRole("article")).toBeNull());
});

test("a request shows where an admin is working", async () => {
  const { user } = await open("#/section/mine", { requests: data.requests.slice(0, 1) });
  expect(await screen.findByText("Fenna van der Meulen-Oosterhuis asks to join")).toBeTruthy();
  await user.click(button("Look"));
  expect(location.hash).toBe("#/settings/team");
});

test("an invitation is made, shown with its end, and copied", async () => {
  const { backend, user } = await open("#/settings/team");
  const write = vi.spyOn(navigator.clipboard, "writeText").mockResolvedValue();
  await user.click(await screen.findByRole("button", { name: "Invite somebody" }));
  const text = await screen.findByRole<HTMLTextAreaElement>("textbox", { name: "Invitation" });
  expect(text.value).toMatch(/^postvak1:/);
  expect(screen.getByText(/Valid until .*27 November 2026/)).toBeTruthy();
  await user.click(button("Copy invitation"));
  expect(write).toHaveBeenCalledWith(text.value);
  expect(calls(backend, "team.invite")).toHaveLength(1);
});

test("removing asks first, and says afterwards which passwords to change", async () => {
  const { backend, user } = await open("#/settings/team");
  await user.click(await screen.findByRole("button", { name: /Carol Meijer: computers and more/ }));
  await user.click(button("Remove from the team"));
  const sure = await dialog("Remove Carol Meijer from the team?");
  await user.click(sure.getByRole("button", { name: "Remove from the team" }));
  const todo = await dialog("Still to do");
  expect(todo.getByText(/password of the team mailbox/)).toBeTruthy();
  await user.click(todo.getByRole("button", { name: /^Done: Change the password of the team mailbox/ }));
  await waitFor(() => expect(calls(backend, "team.tick")).toEqual([["mailbox_password-carol"]]));
  await waitFor(() => expect(todo.queryByText(/password of the team mailbox/)).toBeNull());
  expect(todo.getByText(/password of info@/)).toBeTruthy();
  expect(screen.queryByRole("combobox", { name: "Role of Carol Meijer" })).toBeNull();
});

test("computers are listed with each member, and a lost one is revoked", async () => {
  const { backend, user } = await open("#/settings/team");
  await user.click(await screen.findByRole("button", { name: /Bram Kuiper: computers/ }));
  expect(screen.getByText(/This computer · since Wednesday 21 October/)).toBeTruthy();
  await user.click(button("Revoke"));
  const sure = await dialog("Revoke this computer of Bram Kuiper?");
  await user.click(sure.getByRole("button", { name: "Revoke" }));
  await waitFor(() => expect(calls(backend, "team.revokeDevice")).toEqual([["d2"]]));
  expect(await screen.findByText("Revoked")).toBeTruthy();
});

test("the last admin can neither leave nor stop being one", async () => {
  const { backend, user } = await open("#/settings/team");
  const ann = await screen.findByRole("combobox", { name: "Role of Ann de Wit" });
  expect(button("Leave the team")).toHaveProperty("disabled", false);
  await user.selectOptions(ann, "member");
  expect(calls(backend, "team.setRole")).toEqual([["ann", "member"]]);
  await waitFor(() => expect(button("Leave the team")).toHaveProperty("disabled", true));
  expect(screen.getByRole("combobox", { name: /Role of Bram/ })).toHaveProperty("disabled", true);
  expect(screen.getByText(/make somebody else an admin first/)).toBeTruthy();
});

test("members see the team's settings read-only, with the reason (R30)", async () => {
  await open("#/settings/team", { role: "member", requests: data.requests });
  const main = within(await page());
  expect(await main.findByText(/Only admins change the team’s settings/)).toBeTruthy();
  for (const name of [/Approve/, /Invite/, /Remove/]) expect(main.queryByRole("button", { name })).toBeNull();
  expect(main.queryByRole("combobox")).toBeNull();
  expect(main.getByText("2 people wait. An admin lets them in.")).toBeTruthy();
});

test("channels of others are read-only to members, each with the reason", async () => {
  const reason = "Only an admin may change the settings of channels and team. Ask Ann de Wit.";
  const channels = data.channels.map((channel) => ({ ...channel, readOnly: reason, signIn: "own" as const }));
  const { backend, user } = await open("#/settings", { role: "member", channels: channels.slice(0, 1) });
  expect(await screen.findByText(reason)).toBeTruthy();
  for (const name of ["Change", "Disconnect", "Connect a mailbox"]) expect(screen.queryByRole("button", { name })).toBeNull();
  await user.click(button("Sign in yourself"));
  const box = await dialog(/^Sign in to/);
  await user.type(box.getByRole("textbox", { name: "User name" }), "bram");
  await user.type(box.getByLabelText("Password"), "mine");
  await user.click(box.getByRole("button", { name: "Sign in" }));
  await waitFor(() => expect(calls(backend, "channels.signIn")).toEqual([["info", { username: "bram", password: "mine" }]]));
});

test("a private channel is shared only after what that means was said (R31)", async () => {
  const { backend, user } = await open("#/settings");
  await user.click(await screen.findByRole("button", { name: "Share with the team" }));
  const box = await dialog(/^Share bram@/);
  expect(box.getByText(/cannot be made private again/)).toBeTruthy();
  await user.click(box.getByRole("button", { name: "Cancel" }));
  expect(calls(backend, "channels.update")).toEqual([]);
  await user.click(button("Share with the team"));
  await user.click((await dialog(/^Share bram@/)).getByRole("button", { name: "Share with the team" }));
  await waitFor(() => expect(calls(backend, "channels.update")).toEqual([["own", { shared: true }]]));
});

test("a channel whose installer left gets its next one from an admin (R11)", async () => {
  const [channel] = data.channels;
  const { backend, user } = await open("#/settings", { channels: [{ ...channel, installer: "gone", needsInstaller: true } as never] });
  await user.selectOptions(await screen.findByRole("combobox", { name: "Who takes it on?" }), "Carol Meijer");
  await user.click(button("Choose"));
  await waitFor(() => expect(calls(backend, "channels.setInstaller")).toEqual([["info", "carol"]]));
  await waitFor(() => expect(screen.queryByRole("combobox", { name: "Who takes it on?" })).toBeNull());
});

test("a removed member is told, reads on, and answers nothing", async () => {
  await open("#/conversation/c1", { team: "removed" });
  // Over the list, and in place of a connection that is not looked for any more.
  expect(await screen.findAllByText("You are no longer in Noordzee Fietsen")).toHaveLength(2);
  expect(screen.queryByText(/what you do is sent later/)).toBeNull();
  expect(await screen.findByText(/you can read, but not answer/)).toBeTruthy();
  for (const name of ["Send", "Close conversation", "New conversation"]) expect(button(name)).toHaveProperty("disabled", true);
});

test("what the team log needs a person for stands over the list", async () => {
  const paused = await open("#/section/mine", { log: { phase: "paused", pending: 3 } });
  expect(await screen.findByText(/3 decisions made here more than a week ago/)).toBeTruthy();
  await paused.user.click(button("Send"));
  await waitFor(() => expect(calls(paused.backend, "team.resume")).toHaveLength(1));
  await waitFor(() => expect(screen.queryByText(/more than a week ago/)).toBeNull());
});

test("a lost folder is repaired by an admin only", async () => {
  const admin = await open("#/section/mine", { log: { phase: "waiting" } });
  await admin.user.click(await screen.findByRole("button", { name: "Repair" }));
  await admin.user.click((await dialog("Repair")).getByRole("button", { name: "Repair" }));
  await waitFor(() => expect(calls(admin.backend, "team.repair")).toEqual([[false]]));
});

test("a member is told to ask an admin, and what is waiting is safe", async () => {
  await open("#/section/mine", { role: "member", log: { phase: "waiting" } });
  expect(await screen.findByText(/Nothing is lost: what is decided here waits/)).toBeTruthy();
  expect(screen.queryByRole("button", { name: "Repair" })).toBeNull();
});

test("alarms lead to the diagnostics, which say what was seen and what it means", async () => {
  const { backend, user } = await open("#/section/mine", { log: { alarms: ["3 mails disappeared from the team’s folder."] } });
  const write = vi.spyOn(navigator.clipboard, "writeText").mockResolvedValue();
  await user.click(await screen.findByRole("button", { name: "Look" }));
  expect(location.hash).toBe("#/settings/diagnostics");
  const main = within(await page());
  expect(await main.findByText(/Somebody or a mail program tidied up there/)).toBeTruthy();
  expect(main.getByText("3 times")).toBeTruthy();
  expect(main.getByText(/Tell the team to leave the folder/)).toBeTruthy();
  await user.click(main.getByRole("button", { name: "Copy report" }));
  expect(write).toHaveBeenCalledWith(data.diagnostics.text);
  await user.click(main.getByRole("button", { name: "Repair in a new folder" }));
  await user.click((await dialog("Repair in a new folder")).getByRole("button", { name: "Repair" }));
  await waitFor(() => expect(calls(backend, "team.repair")).toEqual([[true]]));
});

test("diagnostics that fail say so and are tried again", async () => {
  let broken = true;
  const { user } = await open("#/settings/diagnostics", {
    diagnostics: { ...data.diagnostics, findings: [] },
    before: (name) => {
      if (broken && name === "settings.diagnostics") throw '{"code":"internal","message":"The log cannot be read.","detail":""}';
    },
  });
  expect(await screen.findByText("The log cannot be read.")).toBeTruthy();
  broken = false;
  await user.click(button("Try again"));
  expect(await screen.findByText("Nothing unusual was seen.")).toBeTruthy();
});

test("another computer of my own is said to be mine, and ends none of the others", async () => {
  const own = { ...(data.requests[1] as (typeof data.requests)[0]), id: "bram-new", name: "Bram Kuiper", samePerson: "bram" };
  await open("#/settings/team", { requests: [own] });
  const card = within(await screen.findByRole("article", { name: "Request of Bram Kuiper" }));
  expect(card.getByText("Your own address asks with another computer.")).toBeTruthy();
  expect(card.queryByText(/ends the older ones/)).toBeNull();
});
