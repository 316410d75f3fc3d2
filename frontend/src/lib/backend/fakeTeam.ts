import type { Backend } from "./backend";
import { BackendError } from "./error";
import * as data from "./fakeData";
import type * as t from "./types";

type Called = (name: string, ...args: unknown[]) => void;

export interface FakeTeamOptions {
  /** How this computer stands to the team; a member of one, where nothing is said. */
  team?: t.TeamStatus["state"];
  role?: t.Role;
  /** What the team log tells of itself. */
  log?: Partial<t.LogStatus>;
  /** Somebody waits to be let in. */
  requests?: t.Member[];
  todo?: t.TeamTodo[];
  refused?: string;
}

const steps: t.Step[] = [
  { step: "reach", ok: true, message: "The server answers." },
  { step: "sign_in", ok: true, message: "The password is right." },
  { step: "folder", ok: true, message: "A folder can be made." },
  { step: "append", ok: true, message: "What is written can be read back." },
];

const mailbox: t.TeamMailbox = { host: "imap.noordzeefietsen.nl", port: 993, security: "tls", username: "team@noordzeefietsen.nl", folder: "Postvak" };

/** The team of a program in memory: who is in it, who asks, what is left to do. */
export class FakeTeam {
  status: t.TeamStatus;
  members: t.Member[];
  devices: t.Device[] = data.devices.map((device) => ({ ...device }));
  available = true;
  readonly #called: Called;
  readonly #changed: () => void;

  constructor(options: FakeTeamOptions & { firstRun?: boolean }, called: Called, changed: () => void) {
    const state = options.team ?? (options.firstRun ? "solo" : "member");
    const role = options.role ?? "admin";
    const alone = state === "solo" || state === "pending";
    const people = alone ? data.members.slice(0, 1) : data.members;
    this.members = [...people.map((member) => ({ ...member, ...(member.id === "bram" ? { role } : {}) })), ...(options.requests ?? []).map((request) => ({ ...request }))];
    this.status = {
      team: state === "solo" && options.firstRun ? "" : "Noordzee Fietsen",
      me: "bram",
      role,
      state,
      log: { position: "42", pending: 0, alarms: [], phase: "ok", done: 0, total: 0, reason: "", checked: true, ...options.log },
      mailbox: state === "solo" ? { ...mailbox, host: "", username: "", folder: "" } : mailbox,
      words: state === "pending" ? data.words : [],
      refused: options.refused ?? "",
      readOnly: role === "admin" ? "" : "Only admins change the team’s settings. Ann de Wit and Bram Kuiper are admins.",
      todo: options.todo ?? [],
    };
    this.#called = called;
    this.#changed = changed;
  }

  get service(): Backend["team"] {
    const called = this.#called;
    return {
      status: async () => (called("team.status"), structuredClone(this.status)),
      members: async () => (called("team.members"), this.members.map((each) => (each.id === "bram" ? { ...each, available: this.available } : { ...each }))),
      check: async (request) => {
        called("team.check", request);
        if (request.password !== "wrong") return steps;
        return [steps[0] as t.Step, { step: "sign_in", ok: false, message: "The server refused the password. Type it again, or make an app password at your provider." }];
      },
      create: async (order) => {
        called("team.create", order);
        this.#become("member", order.team, { ...mailbox, host: order.mailbox.host, username: order.mailbox.username });
      },
      invitation: async (text) => {
        called("team.invitation", text);
        if (!text.startsWith("postvak1:")) throw new BackendError("invalid", "This is not an invitation. It begins with postvak1: and is one long word; copy all of it.");
        return { team: "Noordzee Fietsen", expires: "2026-11-27T09:58:00Z", mailbox };
      },
      join: async (order) => {
        called("team.join", order);
        if (order.mailbox.password === "wrong") throw new BackendError("auth", "The server refused the password.", "NO [AUTHENTICATIONFAILED]");
        this.status.words = data.words;
        this.#become("pending", "Noordzee Fietsen", mailbox);
        return { words: data.words };
      },
      invite: async () => {
        called("team.invite");
        return { invitation: `postvak1:${"Q2hlY2sgdGhlIHdvcmRz".repeat(6)}`, expires: "2026-11-27T09:58:00Z" };
      },
      approve: async (id, role) => {
        called("team.approve", id, role);
        const asked = this.#member(id);
        if (asked.samePerson) {
          this.members = this.members.filter((each) => each !== asked);
          this.devices = this.devices.map((each) => (each.memberId === asked.samePerson ? { ...each, revoked: true } : each));
          this.devices.push({ id: `d-${id}`, memberId: asked.samePerson, current: false, added: data.now.toISOString(), revoked: false });
        } else {
          Object.assign(asked, { state: "active", role, words: [] });
        }
        this.#changed();
      },
      remove: async (id) => {
        called("team.remove", id);
        const member = this.#member(id);
        if (member.state === "pending") this.members = this.members.filter((each) => each !== member);
        else {
          member.state = "removed";
          this.status.todo = [...this.status.todo, ...data.todoAfter(member)];
        }
        this.#changed();
        return { todo: this.status.todo };
      },
      setRole: async (id, role) => {
        called("team.setRole", id, role);
        this.#member(id).role = role;
        if (id === "bram") this.status.role = role;
        this.#changed();
      },
      leave: async () => {
        called("team.leave");
        this.#become(this.status.state === "member" ? "removed" : "solo", this.status.team, mailbox);
      },
      devices: async () => (called("team.devices"), this.devices.map((each) => ({ ...each }))),
      revokeDevice: async (id) => {
        called("team.revokeDevice", id);
        this.devices = this.devices.map((each) => (each.id === id ? { ...each, revoked: true } : each));
        this.#changed();
      },
      rename: async (name) => {
        called("team.rename", name);
        this.status.team = name;
        this.#changed();
      },
      signIn: async (secrets) => {
        called("team.signIn", secrets);
        this.status.log.phase = "ok";
        this.#changed();
      },
      tick: async (id) => {
        called("team.tick", id);
        this.status.todo = this.status.todo.filter((each) => each.id !== id);
        this.#changed();
      },
      repair: async (fresh) => {
        called("team.repair", fresh);
        Object.assign(this.status.log, { phase: "ok", alarms: [] });
        this.#changed();
      },
      resume: async () => {
        called("team.resume");
        this.status.log.phase = "ok";
        this.#changed();
      },
    };
  }

  #member(id: string): t.Member {
    const member = this.members.find((each) => each.id === id);
    if (!member) throw new BackendError("not_found", "This member is not in the team any more.");
    return member;
  }

  #become(state: t.TeamStatus["state"], team: string, at: t.TeamMailbox) {
    this.status = { ...this.status, state, team, mailbox: at, words: state === "pending" ? data.words : [] };
    this.#changed();
  }
}
