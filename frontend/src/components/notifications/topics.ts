/** What the help on notifications that stay away is about. */
export type Topic = "system" | "email" | "late" | "tray" | "teammate";
