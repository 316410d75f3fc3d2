export namespace app {
	
	export interface Component {
	    name: string;
	    version: string;
	    licence: string;
	}
	export interface About {
	    version: string;
	    commit: string;
	    date: string;
	    licences: Component[];
	}
	export interface Activity {
	    id: string;
	    at: string;
	    memberId: string;
	    kind: string;
	    text: string;
	    void: boolean;
	    reason: string;
	    pending: boolean;
	    targetId: string;
	    title: string;
	    recordKind: string;
	}
	export interface Again {
	    memberId: string;
	}
	export interface Answered {
	    messageId: string;
	    memberId: string;
	    name: string;
	    at: string;
	}
	export interface Attachment {
	    id: string;
	    name: string;
	    type: string;
	    size: number;
	    missing: string;
	}
	export interface Author {
	    name: string;
	    address: string;
	    memberId: string;
	}
	export interface Authorization {
	    grant: string;
	    url: string;
	    opened: boolean;
	    code: string;
	    page: string;
	}
	export interface AuthorizationState {
	    state: string;
	    reason: string;
	    address: string;
	}
	export interface AuthorizeRequest {
	    provider: string;
	    clientId: string;
	    clientSecret: string;
	    tenant: string;
	    address: string;
	    device: boolean;
	    baseUrl: string;
	    channelId: string;
	}
	export interface BookNote {
	    id: string;
	    at: string;
	    changedAt: string;
	    memberId: string;
	    text: string;
	    pending: boolean;
	    kept: boolean;
	}
	export interface BulkRequest {
	    do: string;
	    conversationIds: string[];
	    memberId: string;
	}
	export interface Server {
	    host: string;
	    port: number;
	    security: string;
	    username: string;
	}
	export interface FolderChoices {
	    inbox: string;
	    sent: string;
	}
	export interface ChannelChanges {
	    name?: string;
	    shared?: boolean;
	    folders?: FolderChoices;
	    imap?: Server;
	    smtp?: Server;
	    humanAgent?: boolean;
	    signature?: string;
	}
	export interface OAuth {
	    provider: string;
	    clientId: string;
	    tenant: string;
	    baseUrl: string;
	}
	export interface ChannelInfo {
	    id: string;
	    kind: string;
	    name: string;
	    address: string;
	    shared: boolean;
	    installer: string;
	    state: string;
	    reason: string;
	    openSince: string;
	    imap: Server;
	    smtp: Server;
	    folders: FolderChoices;
	    signIn: string;
	    readOnly: string;
	    needsInstaller: boolean;
	    accountSid: string;
	    apiKey: string;
	    humanAgent: boolean;
	    signature: string;
	    oauth: OAuth;
	}
	export interface ChannelStatus {
	    id: string;
	    state: string;
	    done: number;
	    total: number;
	    setAside: number;
	    lastSync: string;
	    reason: string;
	    since: string;
	    retryAt: string;
	    syncing: boolean;
	}
	
	export interface ReplyDraft {
	    to: string[];
	    cc: string[];
	    subject: string;
	}
	export interface Limits {
	    text: number;
	    imageBytes: number;
	    fileBytes: number;
	    templates: boolean;
	    subject: boolean;
	}
	export interface ComposerState {
	    mode: string;
	    reason: string;
	    replyBy: string;
	    next: string;
	    limits: Limits;
	    reply: ReplyDraft;
	    all: ReplyDraft;
	}
	export interface ConnectEmailRequest {
	    name: string;
	    address: string;
	    shared: boolean;
	    openSince: string;
	    signIn: string;
	    folders: FolderChoices;
	    imap: Server;
	    smtp: Server;
	    password: string;
	    grant: string;
	}
	export interface ConnectMessengerRequest {
	    name: string;
	    shared: boolean;
	    pageToken: string;
	    humanAgent: boolean;
	    openSince: string;
	    baseUrl: string;
	}
	export interface ConnectWhatsAppRequest {
	    name: string;
	    shared: boolean;
	    accountSid: string;
	    apiKey: string;
	    apiSecret: string;
	    sender: string;
	    openSince: string;
	    baseUrl: string;
	}
	export interface Contact {
	    name: string;
	    address: string;
	}
	export interface EarlierTalk {
	    id: string;
	    subject: string;
	    kind: string;
	    channelId: string;
	    at: string;
	    closed: boolean;
	}
	export interface ContactPrefill {
	    name: string;
	    email: string;
	    phone: string;
	    title: string;
	}
	export interface RelatedRecord {
	    kind: string;
	    id: string;
	    title: string;
	    subtitle: string;
	    stage: string;
	    status: string;
	    label: string;
	    value: string;
	    currency: string;
	}
	export interface DuplicateHint {
	    kind: string;
	    id: string;
	    title: string;
	    why: string;
	}
	export interface LinkedConversation {
	    id: string;
	    subject: string;
	    contact: string;
	    at: string;
	}
	export interface ContactMatch {
	    kind: string;
	    id: string;
	    title: string;
	    subtitle: string;
	    emails: string[];
	    phones: string[];
	    organization: string;
	    personId: string;
	    person: string;
	    value: string;
	    currency: string;
	    stage: string;
	    status: string;
	    label: string;
	    owner: string;
	    ownerId: string;
	    url: string;
	    notes: BookNote[];
	    conversations: LinkedConversation[];
	    duplicates: DuplicateHint[];
	    records: RelatedRecord[];
	    pending: boolean;
	    changedAt: string;
	    confidence: string;
	    why: string;
	}
	export interface ContactCard {
	    matches: ContactMatch[];
	    asOf: string;
	    reason: string;
	    prefill: ContactPrefill;
	    earlier: EarlierTalk[];
	}
	
	
	export interface Drafter {
	    memberId: string;
	    since: string;
	}
	export interface Draft {
	    to: string[];
	    cc: string[];
	    bcc: string[];
	    replyAll: boolean;
	    subject: string;
	    text: string;
	    attachments: string[];
	    templateId: string;
	    variables: { [key: string]: string };
	    humanAgent: boolean;
	}
	export interface Related {
	    id: string;
	    subject: string;
	    at: string;
	}
	export interface Link {
	    id: string;
	    kind: string;
	    targetId: string;
	    title: string;
	    url: string;
	    pending: boolean;
	    subtitle: string;
	    stage: string;
	    value: string;
	    currency: string;
	    label: string;
	    inert: boolean;
	    reason: string;
	}
	export interface Note {
	    id: string;
	    at: string;
	    memberId: string;
	    text: string;
	    mentions: string[];
	    pending: boolean;
	}
	export interface Recipient {
	    kind: string;
	    name: string;
	    address: string;
	}
	export interface Message {
	    id: string;
	    direction: string;
	    author: Author;
	    to: string[];
	    cc: string[];
	    recipients: Recipient[];
	    subject: string;
	    at: string;
	    text: string;
	    quoted: string;
	    html: string;
	    hasHtml: boolean;
	    attachments: Attachment[];
	    state: string;
	    reason: string;
	    warnings: string[];
	    setAside: string;
	    gone: boolean;
	    detail: string;
	    template: string;
	    remote: boolean;
	}
	export interface Conversation {
	    id: string;
	    contact: Contact;
	    subject: string;
	    channelId: string;
	    kind: string;
	    section: string;
	    assigneeId: string;
	    preview: string;
	    lastBy: string;
	    lastAt: string;
	    unread: number;
	    closed: boolean;
	    replyBy: string;
	    window: string;
	    pending: boolean;
	    attention: boolean;
	    draftPending: boolean;
	    messages: Message[];
	    activity: Activity[];
	    notes: Note[];
	    links: Link[];
	    earlier: Related[];
	    related: Related[];
	    draft: Draft;
	    drafting: Drafter[];
	    answered?: Answered;
	    draftFiles: Attachment[];
	    composer: ComposerState;
	    next: string;
	}
	export interface MailboxRequest {
	    host: string;
	    port: number;
	    security: string;
	    username: string;
	    password: string;
	    grant: string;
	    folder: string;
	    smtp: Server;
	}
	export interface CreateTeamRequest {
	    team: string;
	    name: string;
	    email: string;
	    mailbox: MailboxRequest;
	}
	export interface CrmBudget {
	    left: number;
	    limit: number;
	    known: boolean;
	}
	export interface CrmConnect {
	    kind: string;
	    token: string;
	    baseUrl: string;
	}
	export interface CrmNote {
	    id: string;
	    linkId: string;
	    kind: string;
	    targetId: string;
	    from: string;
	    until: string;
	    state: string;
	    text: string;
	    reason: string;
	}
	export interface CrmNoteRequest {
	    edit: string;
	    delete: boolean;
	}
	export interface CrmProvider {
	    kind: string;
	    account: string;
	    connected: boolean;
	    admin: boolean;
	    company: string;
	    reason: string;
	    budget: CrmBudget;
	}
	export interface CrmStage {
	    id: string;
	    name: string;
	}
	export interface DemoContent {
	    id: string;
	    name: string;
	    type: string;
	    data: string;
	}
	export interface DeliverRequest {
	    channel: string;
	    from: string;
	    name: string;
	    subject: string;
	    text: string;
	    inReplyTo: string;
	    attachments: DemoContent[];
	}
	export interface Delivered {
	    internetId: string;
	    messageId: string;
	}
	
	export interface DemoMessenger {
	    baseUrl: string;
	    pageToken: string;
	    page: string;
	}
	export interface DemoPipedrive {
	    baseUrl: string;
	    token: string;
	}
	export interface DemoWhatsApp {
	    baseUrl: string;
	    accountSid: string;
	    apiKey: string;
	    apiSecret: string;
	    sender: string;
	}
	export interface DemoProviders {
	    whatsapp: DemoWhatsApp;
	    messenger: DemoMessenger;
	}
	
	export interface Device {
	    id: string;
	    memberId: string;
	    current: boolean;
	    added: string;
	    revoked: boolean;
	}
	export interface LogReport {
	    engine: string;
	    id: string;
	    position: string;
	    records: number;
	    pending: number;
	    phase: string;
	    done: number;
	    total: number;
	    reason: string;
	    checked: boolean;
	}
	export interface Finding {
	    kind: string;
	    at: string;
	    count: number;
	    text: string;
	    meaning: string;
	    todo: string;
	}
	export interface Diagnostics {
	    text: string;
	    findings: Finding[];
	    log: LogReport;
	}
	
	
	export interface Record {
	    kind: string;
	    id: string;
	    title: string;
	    subtitle: string;
	    emails: string[];
	    phones: string[];
	    organization: string;
	    personId: string;
	    person: string;
	    value: string;
	    currency: string;
	    stage: string;
	    status: string;
	    label: string;
	    owner: string;
	    ownerId: string;
	    url: string;
	    notes: BookNote[];
	    conversations: LinkedConversation[];
	    duplicates: DuplicateHint[];
	    records: RelatedRecord[];
	    pending: boolean;
	    changedAt: string;
	}
	export interface DuplicateGroup {
	    why: string;
	    records: Record[];
	    more: number;
	}
	
	
	export interface ExportRequest {
	    conversationId: string;
	    format: string;
	}
	
	
	export interface Guess {
	    imap: Server;
	    smtp: Server;
	    provider: string;
	}
	export interface HTMLPart {
	    html: string;
	    remote: number;
	}
	export interface HTMLQuery {
	    remote: boolean;
	    always: boolean;
	}
	export interface ImportColumn {
	    name: string;
	    field: string;
	}
	export interface ImportOrder {
	    columns: string[];
	}
	export interface ImportPreview {
	    columns: ImportColumn[];
	    rows: string[][];
	    total: number;
	    duplicates: number;
	}
	export interface ImportProblem {
	    line: number;
	    message: string;
	}
	export interface ImportResult {
	    added: number;
	    updated: number;
	    skipped: number;
	    leftOut: number;
	    problems: ImportProblem[];
	}
	export interface TeamMailbox {
	    host: string;
	    port: number;
	    security: string;
	    username: string;
	    folder: string;
	    oauth: OAuth;
	}
	export interface InvitationInfo {
	    team: string;
	    expires: string;
	    mailbox: TeamMailbox;
	}
	export interface InviteResult {
	    invitation: string;
	    expires: string;
	}
	export interface JoinResult {
	    words: string[];
	}
	export interface JoinTeamRequest {
	    invitation: string;
	    name: string;
	    email: string;
	    mailbox: MailboxRequest;
	}
	
	
	
	export interface ListFilter {
	    unread: boolean;
	    assigneeId: string;
	    text: string;
	    kind: string;
	}
	export interface Row {
	    id: string;
	    contact: Contact;
	    subject: string;
	    channelId: string;
	    kind: string;
	    section: string;
	    assigneeId: string;
	    preview: string;
	    lastBy: string;
	    lastAt: string;
	    unread: number;
	    closed: boolean;
	    replyBy: string;
	    window: string;
	    pending: boolean;
	    attention: boolean;
	    draftPending: boolean;
	}
	export interface ListPage {
	    rows: Row[];
	    next: string;
	    total: number;
	}
	export interface ListQuery {
	    section: string;
	    channelId: string;
	    sort: string;
	    filter: ListFilter;
	    after: string;
	    offset: number;
	    limit: number;
	}
	
	export interface LogStatus {
	    position: string;
	    pending: number;
	    alarms: string[];
	    phase: string;
	    done: number;
	    total: number;
	    reason: string;
	    checked: boolean;
	}
	
	export interface Member {
	    id: string;
	    name: string;
	    email: string;
	    role: string;
	    state: string;
	    available: boolean;
	    words: string[];
	    since: string;
	    samePerson: string;
	}
	
	export interface Moving {
	    notRestored: string;
	}
	
	export interface NotificationBell {
	    mine: boolean;
	    others: boolean;
	    unassigned: boolean;
	    assignedToMe: boolean;
	    windowClosing: boolean;
	}
	export interface NotificationRow {
	    at: string;
	    event: string;
	    memberId: string;
	    conversationId: string;
	    medium: string;
	    outcome: string;
	    reason: string;
	    code: string;
	    fix: string;
	    channelId: string;
	    contact: string;
	    subject: string;
	    decidedAt: string;
	}
	export interface NotificationPage {
	    rows: NotificationRow[];
	    next: string;
	}
	export interface NotificationQuery {
	    after: string;
	    limit: number;
	    everyone: boolean;
	}
	
	export interface QuietHours {
	    from: string;
	    to: string;
	    days: string[];
	}
	export interface NotificationSettings {
	    desktop: NotificationBell;
	    email: NotificationBell;
	    quietHours: QuietHours;
	    sound: boolean;
	    tone: string;
	    preview: boolean;
	    muted: string[];
	    pausedUntil: string;
	}
	
	export interface OpenQuery {
	    before: string;
	    around: string;
	    limit: number;
	}
	export interface OutboxRow {
	    messageId: string;
	    conversationId: string;
	    state: string;
	    reason: string;
	    nextTry: string;
	    doubt: boolean;
	    over: boolean;
	    detail: string;
	}
	export interface PreferenceChanges {
	    language?: string;
	    theme?: string;
	    sendKey?: string;
	    undoSendSeconds?: number;
	    startAtLogin?: boolean;
	    keepInTray?: boolean;
	    signature?: string;
	    name?: string;
	    email?: string;
	    remoteImages?: string[];
	    neutralSubjects?: boolean;
	}
	export interface Preferences {
	    language: string;
	    systemLanguage: string;
	    theme: string;
	    sendKey: string;
	    undoSendSeconds: number;
	    startAtLogin: boolean;
	    keepInTray: boolean;
	    signature: string;
	    name: string;
	    email: string;
	    remoteImages: string[];
	    neutralSubjects: boolean;
	}
	export interface Progress {
	    done: number;
	    total: number;
	}
	
	
	
	export interface RecordFields {
	    name?: string;
	    title?: string;
	    email?: string;
	    phone?: string;
	    emails?: string[];
	    phones?: string[];
	    organization?: string;
	    personId?: string;
	    value?: string;
	    currency?: string;
	    stage?: string;
	    status?: string;
	    label?: string;
	    owner?: string;
	}
	export interface RecordChanges {
	    name?: string;
	    title?: string;
	    email?: string;
	    phone?: string;
	    emails?: string[];
	    phones?: string[];
	    organization?: string;
	    personId?: string;
	    value?: string;
	    currency?: string;
	    stage?: string;
	    status?: string;
	    label?: string;
	    owner?: string;
	    was?: RecordFields;
	}
	
	export interface RecordHit {
	    kind: string;
	    id: string;
	    title: string;
	    subtitle: string;
	}
	export interface RecordQuery {
	    after: string;
	    limit: number;
	    text: string;
	}
	
	
	export interface Removal {
	    folder: string;
	    unsent: number;
	    drafts: number;
	    pending: number;
	    alone: boolean;
	    private: boolean;
	}
	export interface TeamTodo {
	    id: string;
	    kind: string;
	    memberId: string;
	    channelId: string;
	    text: string;
	}
	export interface RemoveResult {
	    todo: TeamTodo[];
	}
	export interface Reply {
	    id: string;
	    name: string;
	    text: string;
	    memberId: string;
	    at: string;
	    version: string;
	    pending: boolean;
	}
	export interface ReplyChange {
	    id: string;
	    name: string;
	    text: string;
	    was: string;
	}
	
	
	export interface SavedReply {
	    id: string;
	    undoId: string;
	}
	export interface SearchRow {
	    conversationId: string;
	    messageId: string;
	    contact: string;
	    subject: string;
	    snippet: string;
	    at: string;
	}
	export interface SearchPage {
	    rows: SearchRow[];
	    next: string;
	}
	export interface SearchQuery {
	    text: string;
	    after: string;
	    limit: number;
	}
	
	export interface SectionCount {
	    id: string;
	    total: number;
	    unread: number;
	}
	export interface SelfTestStep {
	    step: string;
	    ok: boolean;
	    message: string;
	    fix: string;
	}
	export interface SendRequest {
	    to: string[];
	    cc: string[];
	    bcc: string[];
	    replyAll: boolean;
	    subject: string;
	    text: string;
	    attachments: string[];
	    templateId: string;
	    variables: { [key: string]: string };
	    humanAgent: boolean;
	    reopen: boolean;
	    anyway: boolean;
	    signature: string;
	}
	export interface SentMail {
	    channel: string;
	    to: string;
	    subject: string;
	    text: string;
	    at: string;
	    alert: boolean;
	    files: string[];
	    as: string;
	}
	
	export interface SignInRequest {
	    username: string;
	    password: string;
	    grant: string;
	    apiKey: string;
	    apiSecret: string;
	    pageToken: string;
	}
	export interface StartRequest {
	    to: string[];
	    cc: string[];
	    bcc: string[];
	    replyAll: boolean;
	    subject: string;
	    text: string;
	    attachments: string[];
	    templateId: string;
	    variables: { [key: string]: string };
	    humanAgent: boolean;
	    channelId: string;
	    signature: string;
	}
	export interface Started {
	    conversationId: string;
	    messageId: string;
	}
	export interface Status {
	    online: boolean;
	    text: string;
	    secrets: string;
	    channels: ChannelStatus[];
	    sandbox: boolean;
	    demo: boolean;
	    version: string;
	    now: string;
	    team: LogStatus;
	    state: string;
	    rebuilding?: Progress;
	}
	export interface Step {
	    step: string;
	    ok: boolean;
	    message: string;
	}
	
	export interface TeamStatus {
	    team: string;
	    me: string;
	    role: string;
	    state: string;
	    log: LogStatus;
	    mailbox: TeamMailbox;
	    words: string[];
	    refused: string;
	    readOnly: string;
	    todo: TeamTodo[];
	}
	
	export interface TeammateRequest {
	    do: string;
	    conversationId: string;
	    memberId: string;
	    text: string;
	    on: boolean;
	    kind: string;
	    id: string;
	}
	export interface Template {
	    id: string;
	    name: string;
	    language: string;
	    body: string;
	    variables: string[];
	    approved: boolean;
	    state: string;
	    reason: string;
	    category: string;
	    hasMedia: boolean;
	    extra: string[];
	}
	export interface Undo {
	    undoId: string;
	}
	export interface Voided {
	    id: string;
	    conversationId: string;
	    subject: string;
	    kind: string;
	    text: string;
	    wrote: string;
	    at: string;
	    again?: Again;
	}

}

