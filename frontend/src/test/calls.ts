import type { Fake } from "$lib/backend/fake";

/** The calls of one name so far, each as its arguments. */
export function calls(backend: Fake, name: string): unknown[][] {
  return backend.calls.filter((call) => call.name === name).map((call) => call.args);
}
