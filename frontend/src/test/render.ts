import { render } from "@testing-library/svelte";
import userEvent from "@testing-library/user-event";
import type { Component } from "svelte";
import { parts } from "$components/parts";
import { fake, type Fake, type FakeOptions } from "$lib/backend/fake";
import { now } from "$lib/backend/fakeData";
import { App, appKey } from "$lib/state/app.svelte";
import Window from "../App.svelte";

export { calls } from "./calls";

export interface Stage {
  app: App;
  backend: Fake;
  user: ReturnType<typeof userEvent.setup>;
}

async function stage(options: FakeOptions): Promise<Stage> {
  const backend = fake({ ...options, settings: { language: "en", ...options.settings } });
  const app = new App(backend, () => now);
  await app.start();
  return { app, backend, user: userEvent.setup() };
}

/** One component over a fake program. */
export async function show<Props extends Record<string, unknown>>(
  component: Component<Props>,
  props: Props | ((stage: Stage) => Props | Promise<Props>),
  options: FakeOptions = {},
): Promise<Stage> {
  const made = await stage(options);
  const given = typeof props === "function" ? await props(made) : props;
  render(component, { props: given, context: new Map([[appKey, made.app]]) } as never);
  return made;
}

/** The whole window over a fake program, at an address. */
export async function open(hash: string, options: FakeOptions = {}): Promise<Stage> {
  location.hash = hash;
  // Here nobody waits for a part; that it comes later is later.test.ts's matter.
  await Promise.all(parts.map((part) => part.load()));
  const made = await stage(options);
  render(Window, { props: { app: made.app } });
  return made;
}
