import { screen, waitFor, within } from "@testing-library/svelte";
import { expect, test } from "vitest";
import { calls, open, type Stage } from "../../test/render";

const account = `AC${"0f".repeat(16)}`;
const key = `SK${"A1".repeat(16)}`;
type Box = ReturnType<typeof within>;

async function dialog(name: string): Promise<Stage & { box: Box }> {
  const stage = await open("#/section/mine");
  await stage.user.click(await screen.findByRole("button", { name: "Connect a channel" }));
  await stage.user.click(await screen.findByRole("menuitem", { name }));
  return { ...stage, box: within(await screen.findByRole("dialog", { name })) };
}

async function fill({ user, box }: { user: Stage["user"]; box: Box }, label: string, text: string) {
  const field = box.getByLabelText(label);
  await user.clear(field);
  await user.type(field, text);
}

async function whatsapp(secret: string) {
  const stage = await dialog("Connect WhatsApp");
  await fill(stage, "WhatsApp number", "0031 20 123 4567");
  await fill(stage, "Account SID", account);
  await fill(stage, "API key SID", key);
  await fill(stage, "API key secret", secret);
  return stage;
}

const press = ({ user, box }: { user: Stage["user"]; box: Box }, name: string) => user.click(box.getByRole("button", { name }));

test("a WhatsApp sender is checked, then connected", async () => {
  const stage = await whatsapp("right");
  await press(stage, "Check and connect");
  await waitFor(() => expect(screen.queryByRole("dialog")).toBeNull());
  const order = { name: "+31 20 123 4567", shared: true, accountSid: account, apiKey: key, apiSecret: "right", sender: "+31201234567", openSince: "2026-10-21T09:58:00.000Z", baseUrl: "" };
  expect(calls(stage.backend, "channels.checkWhatsApp")).toEqual([[order]]);
  expect(calls(stage.backend, "channels.connectWhatsApp")).toEqual([[order]]);
  expect(await screen.findByText("Channel connected")).toBeTruthy();
  expect(await screen.findByRole("link", { name: "+31 20 123 4567 WhatsApp" })).toBeTruthy();
});

test("a key that Twilio refuses connects nothing and loses nothing", async () => {
  const stage = await whatsapp("wrong");
  await press(stage, "Check and connect");
  const { box } = stage;
  expect(await box.findByText("It is not connected yet")).toBeTruthy();
  expect(box.getByText(/Twilio refused the key/)).toBeTruthy();
  expect(box.getByLabelText("WhatsApp number")).toHaveProperty("value", "0031 20 123 4567");
  expect(box.getByRole("button", { name: "Check and connect" })).toBeTruthy();
  expect(calls(stage.backend, "channels.connectWhatsApp")).toEqual([]);
});

test("Twilio's demo webhook is warned of, and may stay; what is changed then is checked anew", async () => {
  const stage = await whatsapp("demo");
  const { backend, box } = stage;
  await press(stage, "Check and connect");
  expect(await box.findByText("It can be connected, but look at this first")).toBeTruthy();
  expect(box.getByText(/sample answers every customer/)).toBeTruthy();
  expect(calls(backend, "channels.connectWhatsApp")).toEqual([]);
  await fill(stage, "Name", "Service line");
  await press(stage, "Check and connect");
  await press(stage, "Connect anyway");
  await waitFor(() => expect(screen.queryByRole("dialog")).toBeNull());
  expect(calls(backend, "channels.checkWhatsApp")).toHaveLength(2);
  expect(calls(backend, "channels.connectWhatsApp")).toMatchObject([[{ name: "Service line", apiSecret: "demo" }]]);
});

test("what cannot be right is said beside its field before anybody is asked", async () => {
  const stage = await dialog("Connect WhatsApp");
  const { backend, box } = stage;
  await fill(stage, "WhatsApp number", "020 123 4567");
  await fill(stage, "API key SID", "0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f");
  await press(stage, "Check and connect");
  expect(box.getByText(/the whole number with its country/)).toBeTruthy();
  expect(box.getByText(/begins with AC/)).toBeTruthy();
  expect(box.getByText(/Auth Token does not work here/)).toBeTruthy();
  expect(box.getByText(/Fill in the secret/)).toBeTruthy();
  expect(document.activeElement).toBe(box.getByLabelText("WhatsApp number"));
  expect(calls(backend, "channels.checkWhatsApp")).toEqual([]);
});

test("help says where everything is found, and what polling cannot see", async () => {
  const { box, user } = await dialog("Connect WhatsApp");
  await user.click(box.getByText("Where do I find this?"));
  expect(box.getByText(/Twilio shows the secret only once/)).toBeTruthy();
  expect(box.getByText(/demo\.twilio\.com/)).toBeTruthy();
  expect(box.getByText(/does not see profile names, locations/)).toBeTruthy();
});

test("a Messenger page is connected by its token, with its own name; Advanced Access is said plainly", async () => {
  const stage = await dialog("Connect Messenger");
  const { backend, box } = stage;
  expect(box.getByText(/Also for your own page/)).toBeTruthy();
  await press(stage, "Check and connect");
  expect(box.getByText("Paste the page’s token.")).toBeTruthy();
  await fill(stage, "Page access token", "EAAB-right");
  await press(stage, "Check and connect");
  await waitFor(() => expect(screen.queryByRole("dialog")).toBeNull());
  expect(calls(backend, "channels.connectMessenger")).toEqual([[{ name: "", shared: true, pageToken: "EAAB-right", humanAgent: false, openSince: "2026-10-21T09:58:00.000Z", baseUrl: "" }]]);
  expect(await screen.findByRole("link", { name: "Noordzee Fietsen Messenger" })).toBeTruthy();
});

test("whoever says that Meta granted Human Agent is told where it did not", async () => {
  const stage = await dialog("Connect Messenger");
  const { backend, box, user } = stage;
  await fill(stage, "Page access token", "EAAB-right");
  await user.click(box.getByRole("checkbox", { name: /Human Agent/ }));
  await press(stage, "Check and connect");
  expect(await box.findByText(/does not have the Human Agent feature/)).toBeTruthy();
  await press(stage, "Connect anyway");
  await waitFor(() => expect(calls(backend, "channels.connectMessenger")).toMatchObject([[{ humanAgent: true }]]));
});

test("what the program itself refuses is shown with its details", async () => {
  const stage = await dialog("Connect Messenger");
  stage.backend.channels.checkMessenger = () => Promise.reject({ code: "unavailable", message: "Meta cannot be reached.", detail: "Meta 2" });
  await fill(stage, "Page access token", "EAAB");
  await press(stage, "Check and connect");
  expect(await stage.box.findByText(/Meta cannot be reached/)).toBeTruthy();
  expect(stage.box.getByLabelText("Page access token")).toHaveProperty("value", "EAAB");
});

test("who has no mailbox begins with another channel", async () => {
  const { user } = await open("", { firstRun: true });
  await user.click(await screen.findByRole("button", { name: "Connect WhatsApp" }));
  expect(await screen.findByRole("dialog", { name: "Connect WhatsApp" })).toBeTruthy();
});
