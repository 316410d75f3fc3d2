/** What removing everything from this computer would lose. */
export interface Removal {
  folder: string;
  unsent: number;
  drafts: number;
  /** Decisions that the team has not got yet. */
  pending: number;
  /** There is no team mailbox: assignments, notes and contacts are here only. */
  alone: boolean;
  /** There are private channels beside a team: what was decided of those is here only. */
  private: boolean;
}

export type ExportFormat = "mbox" | "json" | "html";
