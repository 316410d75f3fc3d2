import type { Backend, Channel, Device, LogStatus, Member, TeamStatus } from "$lib/backend";
import { Latest } from "./latest";

const unknown: TeamStatus = {
  team: "",
  me: "",
  role: "admin",
  state: "solo",
  log: { position: "", pending: 0, alarms: [], phase: "ok", done: 0, total: 0, reason: "", checked: true },
  mailbox: { host: "", port: 0, security: "tls", username: "", folder: "" },
  words: [],
  refused: "",
  readOnly: "",
  todo: [],
};

/** The people who share the inbox, who of them I am, and how the team log stands. */
export class Team {
  members = $state.raw<Member[]>([]);
  status = $state.raw<TeamStatus>(unknown);
  devices = $state.raw<Device[]>([]);
  available = $state(true);
  loaded = $state(false);
  readonly #backend: Backend;
  readonly #order = new Latest();

  constructor(backend: Backend) {
    this.#backend = backend;
  }

  /** Gives what this computer was to the team until now. */
  async load(): Promise<TeamStatus["state"]> {
    const news = this.#order.ask();
    const [status, members, available] = await Promise.all([
      this.#backend.team.status(),
      this.#backend.team.members(),
      this.#backend.availability.get(),
    ]);
    const before = this.status.state;
    if (!news()) return before;
    this.status = { ...unknown, ...status, log: { ...unknown.log, ...status.log }, mailbox: { ...unknown.mailbox, ...status.mailbox } };
    this.members = members;
    this.available = available;
    this.loaded = true;
    return before;
  }

  /** Which computers speak for whom: asked for where they are shown. */
  async loadDevices(): Promise<void> {
    this.devices = await this.#backend.team.devices();
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

  /** Who asks to be let in. */
  get waiting(): Member[] {
    return this.members.filter((member) => member.state === "pending");
  }

  get admins(): Member[] {
    return this.active.filter((member) => member.role === "admin");
  }

  get together(): boolean {
    return this.status.state === "member";
  }

  get isAdmin(): boolean {
    return this.status.state === "solo" || (this.together && this.status.role === "admin");
  }

  /** Lets people in and out: there is a team to do it in. */
  get manages(): boolean {
    return this.together && this.isAdmin;
  }

  /** Takes up how the log is from what was told of the whole program. */
  setLog(log: LogStatus): void {
    this.status = { ...this.status, log: { ...unknown.log, ...log, alarms: log.alarms ?? [] } };
  }

  /** Without this member nobody could let anybody in any more. */
  isLastAdmin(id: string): boolean {
    const { admins } = this;
    return admins.length === 1 && admins[0]?.id === id;
  }

  isMe(id: string): boolean {
    return id !== "" && id === this.status.me;
  }

  name(id: string): string {
    return this.members.find((member) => member.id === id)?.name ?? "";
  }

  /** A private channel is its installer's only (R31). */
  hasAccess(member: Member, channel: Channel | undefined): boolean {
    return channel === undefined || channel.shared || channel.installer === member.id;
  }

  devicesOf(memberId: string): Device[] {
    return this.devices
      .filter((device) => device.memberId === memberId)
      .sort((a, b) => Number(a.revoked) - Number(b.revoked) || Number(b.current) - Number(a.current) || b.added.localeCompare(a.added));
  }

  /** One's own only (R6). */
  async setAvailable(on: boolean): Promise<void> {
    await this.#backend.availability.set(on);
    this.available = on;
  }
}
