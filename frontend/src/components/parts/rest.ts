/**
 * Everything that is not for reading and answering: settings, the contact
 * book, and dialogs. One file of it all, because many small ones are larger.
 */
export { default as ComposeDialog } from "$components/composer/ComposeDialog.svelte";
export { default as ConnectDialog } from "$components/connect/ConnectDialog.svelte";
export { default as NameDialog } from "$components/conversation/NameDialog.svelte";
export { default as ContactsPane } from "$components/contacts/ContactsPane.svelte";
export { default as DuplicatesDialog } from "$components/contacts/DuplicatesDialog.svelte";
export { default as ImportDialog } from "$components/contacts/ImportDialog.svelte";
export { default as NewRecordDialog } from "$components/contacts/NewRecordDialog.svelte";
export { default as RecordPane } from "$components/contacts/RecordPane.svelte";
export { default as LinkRecordDialog } from "$components/crm/LinkRecordDialog.svelte";
export { default as CrmDisconnectDialog } from "$components/dialogs/CrmDisconnectDialog.svelte";
export { default as ExportDialog } from "$components/dialogs/ExportDialog.svelte";
export { default as RemoveAllDialog } from "$components/dialogs/RemoveAllDialog.svelte";
export { default as RestoreDialog } from "$components/dialogs/RestoreDialog.svelte";
export { default as TeamDialogs } from "$components/dialogs/TeamDialogs.svelte";
export { default as HelpDialog } from "$components/help/HelpDialog.svelte";
export { default as BellDialog } from "$components/notifications/BellDialog.svelte";
export { default as NotificationsPage } from "$components/notifications/NotificationsPage.svelte";
export { default as Palette } from "$components/palette/Palette.svelte";
export { default as AboutPage } from "$components/settings/AboutPage.svelte";
export { default as CrmPage } from "$components/settings/CrmPage.svelte";
export { default as DiagnosticsPage } from "$components/settings/DiagnosticsPage.svelte";
export { default as GeneralPage } from "$components/settings/GeneralPage.svelte";
export { default as MovingPage } from "$components/settings/MovingPage.svelte";
export { default as RepliesPage } from "$components/settings/RepliesPage.svelte";
export { default as TeamPage } from "$components/team/TeamPage.svelte";
