import { expect, test } from "vitest";
import { fake } from "$lib/backend/fake";
import { Latest } from "./latest";
import { Team } from "./team.svelte";

test("an answer that a later question's overtook is not taken up", () => {
  const order = new Latest();
  const [first, second, third] = [order.ask(), order.ask(), order.ask()];
  expect(second()).toBe(true);
  expect(first()).toBe(false);
  expect(third()).toBe(true);
});

test("who was let in while the words of a request were sought is not shown as asking again", async () => {
  const backend = fake();
  const members = await backend.team.members();
  let slow: (stale: typeof members) => void = () => undefined;
  const answers = [new Promise<typeof members>((done) => (slow = done)), Promise.resolve(members)];
  backend.team.members = () => answers.shift() ?? Promise.resolve(members);
  const team = new Team(backend);
  const before = team.load();
  await team.load();
  slow(members.map((member) => ({ ...member, state: "pending" })));
  await before;
  expect(team.waiting).toEqual([]);
  expect(team.active).toHaveLength(members.filter((member) => member.state === "active").length);
});
