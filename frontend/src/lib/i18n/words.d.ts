/** What scripts/compactMessages.ts makes of the messages. */
declare module "virtual:words" {
  export function speak(language: "en" | "nl"): Promise<void>;
}
