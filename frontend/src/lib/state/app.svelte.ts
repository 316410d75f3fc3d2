import { getContext, setContext } from "svelte";
import type { Backend, CrmChanged } from "$lib/backend";
import { Actions } from "./actions";
import { Book } from "./book";
import { Channels } from "./channels.svelte";
import { Clock } from "./clock.svelte";
import { Closing } from "./closing.svelte";
import { Composer } from "./composer.svelte";
import { ContactState } from "./contact.svelte";
import { Contacts } from "./contacts.svelte";
import { ConversationState } from "./conversation.svelte";
import { CrmProviderState } from "./crmProvider.svelte";
import { DiagnosticsState } from "./diagnostics.svelte";
import { Dialogs } from "./dialogs.svelte";
import { Duplicates } from "./duplicates.svelte";
import { NotificationHistory } from "./history.svelte";
import { findFrom } from "./finder.svelte";
import { Linking } from "./linking";
import { ListState } from "./list.svelte";
import { tellNews } from "./news";
import { MovingHouse } from "./moving.svelte";
import { Notifications } from "./notifications.svelte";
import { Outbox } from "./outbox.svelte";
import { RecordState } from "./record.svelte";
import { m } from "$lib/i18n";
import { Replies } from "./replies.svelte";
import { Router, to } from "./router.svelte";
import { Search } from "./search.svelte";
import { Sections } from "./sections.svelte";
import { Selection } from "./selection.svelte";
import { SelfTest } from "./selfTest.svelte";
import { SettingsState } from "./settings.svelte";
import { StatusState } from "./status.svelte";
import { Team } from "./team.svelte";
import { Templates } from "./templates.svelte";
import { Toasts } from "./toasts.svelte";
import { Voids } from "./voids.svelte";

/** All state of the window, one object per concept, over one backend. */
export class App {
  readonly backend: Backend;
  readonly clock: Clock;
  readonly router = new Router();
  readonly dialogs = new Dialogs();
  readonly toasts = new Toasts();
  readonly settings: SettingsState;
  readonly status: StatusState;
  readonly team: Team;
  readonly channels: Channels;
  readonly sections: Sections;
  readonly list: ListState;
  readonly selection: Selection;
  readonly conversation: ConversationState;
  readonly contact: ContactState;
  readonly composer: Composer;
  readonly templates: Templates;
  readonly replies: Replies;
  readonly outbox: Outbox;
  readonly search: Search;
  readonly voids: Voids;
  readonly diagnostics: DiagnosticsState;
  readonly notifications: Notifications;
  readonly history: NotificationHistory;
  readonly selfTest: SelfTest;
  readonly provider: CrmProviderState;
  readonly contacts: Contacts;
  readonly duplicates: Duplicates;
  readonly record: RecordState;
  readonly book: Book;
  readonly moving: MovingHouse;
  readonly closing: Closing;
  readonly actions: Actions;
  readonly linking: Linking;
  /** The first answers are here. */
  ready = $state(false);
  #first: Promise<unknown> | undefined;
  #stops: (() => void)[] = [];

  constructor(backend: Backend, now: () => Date = () => new Date()) {
    this.backend = backend;
    this.clock = new Clock(now);
    this.settings = new SettingsState(backend);
    this.status = new StatusState(backend, this.clock);
    this.team = new Team(backend);
    this.channels = new Channels(backend);
    this.sections = new Sections(backend);
    this.list = new ListState(backend);
    this.selection = new Selection(this.list);
    this.conversation = new ConversationState(backend);
    this.contact = new ContactState(backend);
    this.composer = new Composer(backend);
    this.templates = new Templates(backend);
    this.replies = new Replies(backend);
    this.outbox = new Outbox(backend);
    this.search = new Search(backend);
    this.voids = new Voids(backend);
    this.diagnostics = new DiagnosticsState(backend);
    this.notifications = new Notifications(backend, this.clock, () => this.channels.has("whatsapp", "messenger"));
    this.history = new NotificationHistory(backend);
    this.selfTest = new SelfTest(backend);
    this.provider = new CrmProviderState(backend);
    this.contacts = new Contacts(backend, () => (this.provider.outside ? findFrom : 0));
    this.duplicates = new Duplicates(backend);
    this.record = new RecordState(backend, () => this.settings.locale);
    this.book = new Book(this);
    this.moving = new MovingHouse(this);
    this.closing = new Closing(backend, this.toasts);
    this.actions = new Actions(this);
    this.linking = new Linking(this);
  }

  /** Begins to fetch what the first screen needs, before there is one. */
  prepare(): Promise<void> {
    if (!this.#first) {
      this.#listen();
      const { route } = this.router;
      this.#first = Promise.all([this.#load(), route.view === "section" && this.list.go(route.id, route.channelId)]);
    }
    return this.#first.then(() => undefined);
  }

  /** Lets the screen be shown when everything that it needs is there. */
  async start(): Promise<void> {
    const prepared = this.prepare();
    this.backend.window.listens();
    await prepared;
    this.ready = true;
  }

  async #load(): Promise<void> {
    const load = [this.settings, this.status, this.team, this.channels, this.sections, this.outbox, this.voids, this.notifications, this.provider, this.replies];
    await Promise.all(load.map((part) => this.toasts.attempt(() => part.load())));
  }

  /**
   * Who we are together may have changed altogether: let in, on the way out,
   * or just somebody's availability.
   */
  async teamChanged(): Promise<void> {
    // Several of these may be under way: each change is one of them's.
    const before = await this.team.load();
    const { state, team } = this.team.status;
    if (state === before) {
      // Whose right it is to choose the CRM may have changed, too.
      await Promise.all([this.channels.load(), this.provider.load()]);
      return;
    }
    await this.#load();
    if (this.list.loaded) await this.list.refresh();
    if (before !== "pending" || state !== "member") return;
    this.toasts.done(m.joined({ team }));
    this.router.go(to.section("unassigned"));
  }

  /** Records changed, links to them, or which CRM it is that the team uses. */
  async crmChanged({ conversationIds, records }: CrmChanged): Promise<void> {
    const { contacts, provider, record } = this;
    const before = provider.place;
    await provider.load();
    const moved = before !== provider.place;
    // Only what is on the screen is asked for again: an outside CRM counts questions.
    if (this.router.route.view !== "contacts") return contacts.forget();
    const listed = moved || records.length > 0 || conversationIds.length === 0;
    await Promise.all([moved ? contacts.restart() : listed && contacts.refresh(), record.refresh(), listed && this.duplicates.load()]);
  }

  /** Fetches list and counts anew, after something was changed here. */
  async refresh(): Promise<void> {
    await Promise.all([
      this.list.loaded ? this.list.refresh() : undefined,
      this.toasts.attempt(() => this.sections.load()),
      this.toasts.attempt(() => this.outbox.load()),
    ]);
  }

  get firstRun(): boolean {
    if (!this.ready || this.team.status.state !== "solo") return false;
    return this.channels.loaded && this.channels.list.length === 0 && this.sections.empty;
  }

  /** Nothing is shown until an admin, or an invitation, lets this computer in. */
  get pending(): boolean {
    return this.ready && this.team.status.state === "pending";
  }

  /** The inbox is shown, with all that leads from it. */
  get inside(): boolean {
    return !this.firstRun && !this.pending;
  }

  destroy(): void {
    void this.composer.flush();
    for (const stop of this.#stops) stop();
    for (const part of [this.clock, this.router, this.toasts, this.settings, this.contacts]) part.destroy();
  }

  #listen(): void {
    const { backend } = this;
    const quietly = (work: Promise<unknown>) => void work.catch(() => undefined);
    const focus = () => {
      this.conversation.tellFocus();
      quietly(this.conversation.markRead());
    };
    const blur = () => this.conversation.tellFocus();
    const leaving = () => void this.composer.flush();
    addEventListener("focus", focus);
    addEventListener("blur", blur);
    addEventListener("pagehide", leaving);
    this.#stops = [
      () => removeEventListener("focus", focus),
      () => removeEventListener("blur", blur),
      () => removeEventListener("pagehide", leaving),
      backend.on("inbox.changed", (event) => {
        quietly(this.list.refresh());
        quietly(this.sections.load());
        quietly(this.conversation.changed(event));
      }),
      backend.on("status.changed", (status) => {
        const before = this.status.value.channels.length;
        const { kind, channelId } = this.conversation.data ?? { kind: "email", channelId: "" };
        const reached = () => this.status.value.online && this.status.of(channelId)?.state;
        const was = reached();
        this.status.set(status);
        // A chat that goes at once, or waits for its provider, says so anew.
        if (kind !== "email" && was !== reached()) quietly(this.conversation.refresh());
        if (status.team) this.team.setLog(status.team);
        if (status.state && this.team.loaded && status.state !== this.team.status.state) quietly(this.teamChanged());
        if (status.channels?.length !== before) quietly(this.channels.load());
      }),
      backend.on("outbox.changed", () => {
        quietly(this.outbox.load());
        if (this.conversation.id) quietly(this.conversation.refresh());
      }),
      backend.on("team.changed", () => {
        quietly(this.teamChanged());
        quietly(this.replies.load());
      }),
      backend.on("crm.changed", (event) => {
        quietly(this.crmChanged(event));
        quietly(this.contact.changed(event));
      }),
      backend.on("inbox.void", ({ voids }) => {
        for (const it of this.voids.take(voids)) this.actions.tellVoid(it);
      }),
      backend.on("notification", (notice) => tellNews(this, notice)),
      backend.on("notifications.changed", () => {
        quietly(this.notifications.load());
        if (this.history.loaded) quietly(this.history.load());
      }),
      backend.on("window.closing", () => this.closing.ask()),
      backend.on("window.minimised", () => this.closing.minimised()),
      backend.on("navigate", ({ to }) => this.router.go(to.replace(/^\/?#?/, "#"))),
    ];
  }
}

const key = Symbol("app");

export function provideApp(app: App): App {
  return setContext(key, app);
}

/** The state, for a component inside of the window. */
export function useApp(): App {
  return getContext<App>(key);
}

export const appKey = key;
