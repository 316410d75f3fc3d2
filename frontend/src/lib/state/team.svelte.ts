import type { Backend, Member, TeamStatus } from "$lib/backend";

/** The people who share the inbox, and who of them I am. */
export class Team {
  members = $state.raw<Member[]>([]);
  status = $state.raw<TeamStatus>({ team: "", me: "", role: "admin", state: "solo" });
  available = $state(true);
  readonly #backend: Backend;

  constructor(backend: Backend) {
    this.#backend = backend;
  }

  async load(): Promise<void> {
    const [status, members, available] = await Promise.all([
      this.#backend.team.status(),
      this.#backend.team.members(),
      this.#backend.availability.get(),
    ]);
    this.status = status;
    this.members = members;
    this.available = available;
  }

  get me(): Member | undefined {
    return this.members.find((member) => member.id === this.status.me);
  }

  get active(): Member[] {
    const mine = this.status.me;
    return this.members
      .filter((member) => member.state === "active")
      .sort((a, b) => Number(b.id === mine) - Number(a.id === mine) || a.name.localeCompare(b.name));
  }

  isMe(id: string): boolean {
    return id !== "" && id === this.status.me;
  }

  name(id: string): string {
    return this.members.find((member) => member.id === id)?.name ?? "";
  }

  /** One's own only (R6). */
  async setAvailable(on: boolean): Promise<void> {
    await this.#backend.availability.set(on);
    this.available = on;
  }
}
