import { screen, waitFor, within } from "@testing-library/svelte";
import { expect, test } from "vitest";
import { BackendError } from "$lib/backend";
import { canned } from "$lib/backend/fakeReplies";
import { calls, open } from "../../test/render";
import { signed } from "../../test/signed";

const replies = [canned("r1", "Opening hours", "We open at nine.")];

test("a canned reply is made where there is none, with a variable put in", async () => {
  const { backend, user } = await open("#/settings/replies");
  expect(await screen.findByText("No canned replies yet")).toBeTruthy();
  await user.click(screen.getByRole("button", { name: "New canned reply" }));
  const form = within(await screen.findByRole("form", { name: "New canned reply" }));
  expect(document.activeElement).toBe(form.getByRole("textbox", { name: "Name" }));
  expect(form.getByRole("button", { name: "Save" })).toHaveProperty("disabled", true);
  await user.keyboard("Thanks");
  await user.type(form.getByRole("textbox", { name: "Text" }), "Thank you, ");
  await user.click(form.getByRole("button", { name: "the contact’s first name" }));
  await user.click(form.getByRole("button", { name: "Save" }));
  expect(calls(backend, "replies.save")).toEqual([[{ id: "", name: "Thanks", text: "Thank you, {{contact.first}}", was: "" }]]);
  expect(await screen.findByRole("article", { name: "Thanks" })).toBeTruthy();
});

test("it is changed, deleted, and given back", async () => {
  const { backend, user } = await open("#/settings/replies", { replies });
  await user.click(await screen.findByRole("button", { name: "Edit Opening hours" }));
  const text = screen.getByRole("textbox", { name: "Text" });
  await user.clear(text);
  await user.type(text, "We open at eight.");
  await user.click(screen.getByRole("button", { name: "Save" }));
  expect(calls(backend, "replies.save")[0]).toMatchObject([{ id: "r1", text: "We open at eight.", was: "r1.0" }]);
  await user.click(await screen.findByRole("button", { name: "Delete Opening hours" }));
  await screen.findByText("No canned replies yet");
  const toast = (await screen.findByText("Canned reply deleted")).closest<HTMLElement>(".toast") as HTMLElement;
  await user.click(within(toast).getByRole("button", { name: /^Undo/ }));
  expect(await screen.findByText("We open at eight.")).toBeTruthy();
});

test("Escape leaves a form as it was", async () => {
  const { backend, user } = await open("#/settings/replies", { replies });
  await user.click(await screen.findByRole("button", { name: "Edit Opening hours" }));
  await user.keyboard("x{Escape}");
  expect(await screen.findByRole("article", { name: "Opening hours" })).toBeTruthy();
  expect([calls(backend, "replies.save"), location.hash]).toEqual([[], "#/settings/replies"]);
});

test("what somebody else changed first is shown, and nothing typed is lost (R7)", async () => {
  let first = true;
  const { backend, user } = await open("#/settings/replies", {
    replies,
    before: (name) => {
      if (name !== "replies.save" || !first) return;
      first = false;
      throw new BackendError("conflict", "Ann changed the canned reply “Opening hours” first. Look at it again.", "was");
    },
  });
  await user.click(await screen.findByRole("button", { name: "Edit Opening hours" }));
  await user.type(screen.getByRole("textbox", { name: "Text" }), " Bye.");
  await user.click(screen.getByRole("button", { name: "Save" }));
  expect(await screen.findByText(/Ann changed the canned reply/)).toBeTruthy();
  expect(screen.getByRole<HTMLTextAreaElement>("textbox", { name: "Text" }).value).toBe("We open at nine. Bye.");
  await user.click(screen.getByRole("button", { name: "Save" }));
  await waitFor(() => expect(calls(backend, "replies.save")).toHaveLength(2));
  expect(await screen.findByText("We open at nine. Bye.")).toBeTruthy();
});

test("what is written stays when a colleague deletes the reply, and is saved as a new one", async () => {
  const three = [canned("r0", "Bye", "Bye."), ...replies, canned("r2", "Thanks", "Thank you.")];
  const { backend, user } = await open("#/settings/replies", { replies: three });
  await user.click(await screen.findByRole("button", { name: "Edit Opening hours" }));
  const text = screen.getByRole<HTMLTextAreaElement>("textbox", { name: "Text" });
  await user.type(text, " Bye.");
  await backend.replies.remove("r0", "r0.0");
  await backend.replies.remove("r1", "r1.0");
  await waitFor(() => expect(screen.queryByRole("article", { name: "Bye" })).toBeNull());
  expect([screen.getByRole("textbox", { name: "Text" }), text.value, document.activeElement]).toEqual([text, "We open at nine. Bye.", text]);
  await user.click(screen.getByRole("button", { name: "Save" }));
  expect(await screen.findByText(/deleted meanwhile/)).toBeTruthy();
  await user.click(screen.getByRole("button", { name: "Save" }));
  expect(await screen.findByRole("article", { name: "Opening hours" })).toBeTruthy();
  expect(calls(backend, "replies.save").at(-1)).toEqual([{ id: "", name: "Opening hours", text: "We open at nine. Bye.", was: "" }]);
  expect(screen.getByRole("button", { name: "New canned reply" })).toBeTruthy();
});

test("nothing is in the way once what a colleague deleted is left", async () => {
  const { backend, user } = await open("#/settings/replies", { replies });
  await user.click(await screen.findByRole("button", { name: "Edit Opening hours" }));
  await backend.replies.remove("r1", "r1.0");
  await user.keyboard("{Escape}");
  expect(await screen.findByText("No canned replies yet")).toBeTruthy();
});

test("admins give a channel its signature; others see it with the reason (R30)", async () => {
  const admin = await open("#/settings", { channels: signed("Regards").slice(0, 1) });
  await admin.user.click(await screen.findByRole("button", { name: "Change: Signature" }));
  const field = screen.getAllByRole<HTMLTextAreaElement>("textbox", { name: "Signature" }).at(-1) as HTMLTextAreaElement;
  expect(field.value).toBe("Regards");
  await admin.user.clear(field);
  await admin.user.type(field, "Groet");
  await admin.user.click(screen.getAllByRole("button", { name: "Save" }).at(-1) as HTMLElement);
  expect(calls(admin.backend, "channels.update")).toEqual([[expect.any(String), { signature: "Groet" }]]);
});

test("a member sees a channel's signature read-only", async () => {
  const reason = "Only an admin may change the settings of channels and team. Ask Ann.";
  await open("#/settings", { channels: signed("Regards").slice(0, 1).map((channel) => ({ ...channel, readOnly: reason })) });
  expect(await screen.findByText("Regards")).toBeTruthy();
  expect(screen.getByText(reason)).toBeTruthy();
  expect(screen.queryByRole("button", { name: "Change: Signature" })).toBeNull();
});
