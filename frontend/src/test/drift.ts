// Holds the shapes that the window names by hand to those that the program is
// bound with. Only the compiler reads it: a field that one side alone has, or
// that is another kind of value there, is an error of `drift` below.
import type { Removal } from "$lib/backend";
import type * as t from "$lib/backend/types";
import type { app } from "../../wailsjs/go/models";

/** By name: the window's shape, the program's, and what of that the window does without. */
interface Pairs {
  About: [t.About, app.About];
  Licence: [t.About["licences"][number], app.Component];
  Activity: [t.Activity, app.Activity, "recordKind"];
  Answered: [t.Answered, app.Answered];
  Author: [t.Author, app.Author];
  Authorization: [t.Authorization, app.Authorization];
  AuthorizationState: [t.AuthorizationState, app.AuthorizationState];
  AuthorizeRequest: [t.AuthorizeRequest, app.AuthorizeRequest];
  Bell: [t.Bell, app.NotificationBell];
  BookNote: [t.BookNote, app.BookNote];
  CannedChange: [t.CannedChange, app.ReplyChange];
  CannedReply: [t.CannedReply, app.Reply];
  Channel: [t.Channel, app.ChannelInfo, "openSince" | "folders"];
  ChannelStatus: [t.ChannelStatus, app.ChannelStatus, "syncing"];
  ComposerState: [t.ComposerState, app.ComposerState, "reply" | "all"];
  ConnectEmail: [t.ConnectEmail, app.ConnectEmailRequest];
  ConnectMessenger: [t.ConnectMessenger, app.ConnectMessengerRequest];
  ConnectWhatsApp: [t.ConnectWhatsApp, app.ConnectWhatsAppRequest];
  Conversation: [t.Conversation, app.Conversation];
  CreateTeam: [t.CreateTeam, app.CreateTeamRequest];
  CrmBudget: [t.CrmProvider["budget"], app.CrmBudget];
  CrmConnect: [t.CrmConnect, app.CrmConnect];
  CrmContact: [t.CrmContact, app.ContactCard];
  CrmMatch: [t.CrmMatch, app.ContactMatch];
  CrmNote: [t.CrmNote, app.CrmNote];
  CrmProvider: [t.CrmProvider, app.CrmProvider];
  CrmRecord: [t.CrmRecord, app.Record];
  CrmStage: [t.CrmStage, app.CrmStage];
  Device: [t.Device, app.Device];
  Diagnostics: [t.Diagnostics, app.Diagnostics];
  Draft: [t.Draft, app.Draft];
  Drafter: [t.Drafter, app.Drafter];
  DuplicateGroup: [t.DuplicateGroup, app.DuplicateGroup];
  DuplicateHint: [t.DuplicateHint, app.DuplicateHint];
  Earlier: [t.Earlier, app.Related];
  EarlierConversation: [t.EarlierConversation, app.EarlierTalk];
  FileRef: [t.FileRef, app.Attachment];
  Filter: [t.Filter, app.ListFilter];
  Finding: [t.Finding, app.Finding];
  Guess: [t.Guess, app.Guess];
  ImportColumn: [t.ImportPreview["columns"][number], app.ImportColumn];
  ImportPreview: [t.ImportPreview, app.ImportPreview];
  ImportProblem: [t.ImportResult["problems"][number], app.ImportProblem];
  ImportResult: [t.ImportResult, app.ImportResult];
  Invitation: [t.Invitation, app.InviteResult];
  InvitationInfo: [t.InvitationInfo, app.InvitationInfo];
  JoinTeam: [t.JoinTeam, app.JoinTeamRequest];
  Limits: [t.Limits, app.Limits];
  Link: [t.Link, app.Link];
  LinkedConversation: [t.LinkedConversation, app.LinkedConversation];
  ListPage: [t.ListPage, app.ListPage];
  ListQuery: [t.ListQuery, app.ListQuery];
  LogReport: [t.LogReport, app.LogReport];
  LogStatus: [t.LogStatus, app.LogStatus];
  MailboxRequest: [t.MailboxRequest, app.MailboxRequest];
  Member: [t.Member, app.Member];
  // The window folds quotes itself, and keeps what a provider deleted as it is.
  Message: [t.Message, app.Message, "quoted" | "gone"];
  Note: [t.Note, app.Note];
  NotificationPage: [t.NotificationPage, app.NotificationPage];
  NotificationQuery: [t.NotificationQuery, app.NotificationQuery];
  NotificationRow: [t.NotificationRow, app.NotificationRow];
  NotificationSettings: [t.NotificationSettings, app.NotificationSettings];
  OAuth: [t.OAuth, app.OAuth];
  OpenQuery: [t.OpenQuery, app.OpenQuery];
  OutboxEntry: [t.OutboxEntry, app.OutboxRow, "detail"];
  Person: [t.Person, app.Contact];
  Prefill: [t.CrmContact["prefill"], app.ContactPrefill];
  QuietHours: [t.QuietHours, app.QuietHours];
  Recipient: [t.Recipient, app.Recipient];
  RecordFields: [t.RecordFields, app.RecordFields];
  RecordHit: [t.RecordHit, app.RecordHit];
  RecordQuery: [t.RecordQuery, app.RecordQuery];
  Related: [t.Conversation["related"][number], app.Related, "at"];
  RelatedRecord: [t.RelatedRecord, app.RelatedRecord];
  Removal: [Removal, app.Removal];
  Row: [t.Row, app.Row];
  SearchHit: [t.SearchHit, app.SearchRow];
  SearchPage: [t.SearchPage, app.SearchPage];
  Secrets: [t.Secrets, app.SignInRequest];
  SectionCount: [t.SectionCount, app.SectionCount];
  SelfTestStep: [t.SelfTestStep, app.SelfTestStep];
  Server: [t.Server, app.Server];
  Settings: [t.Settings, app.Preferences, "remoteImages"];
  Status: [t.Status, app.Status];
  Step: [t.Step, app.Step];
  TeamMailbox: [t.TeamMailbox, app.TeamMailbox];
  TeamStatus: [t.TeamStatus, app.TeamStatus];
  TeamTodo: [t.TeamTodo, app.TeamTodo];
  Template: [t.Template, app.Template];
  Undoable: [t.Undoable, app.Undo];
  Voided: [t.Voided, app.Voided];
}

type Kind<Value> = Value extends string ? "string" : Value extends number ? "number" : Value extends boolean ? "boolean" : Value extends unknown[] ? "list" : "shape";

/** The fields of both that hold another kind of value. */
type Unlike<Here, There> = {
  [Key in keyof Here & keyof There]: Kind<NonNullable<Here[Key]>> extends Kind<NonNullable<There[Key]>> ? never : Key;
}[keyof Here & keyof There];

type Between<Here, There, Unused> = Exclude<keyof Here, keyof There> | Exclude<keyof There, keyof Here | Unused> | Unlike<Here, There>;

type Odd<Pair> = Pair extends [infer Here, infer There, infer Unused] ? Between<Here, There, Unused> : Pair extends [infer Here, infer There] ? Between<Here, There, never> : never;

type Drift = { [Name in keyof Pairs as [Odd<Pairs[Name]>] extends [never] ? never : Name]: Odd<Pairs[Name]> };

export const drift: Drift = {};
