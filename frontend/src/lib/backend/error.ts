/** Codes of the contract; anything unknown counts as "internal". */
export type ErrorCode =
  | "invalid"
  | "auth"
  | "forbidden"
  | "not_found"
  | "conflict"
  | "window_closed"
  | "unavailable"
  | "internal";

const codes: readonly string[] = [
  "invalid",
  "auth",
  "forbidden",
  "not_found",
  "conflict",
  "window_closed",
  "unavailable",
  "internal",
];

/**
 * What a call answers when it could not do what it was asked: a code for the
 * program, one sentence for the person, and what stands under "Details".
 */
export class BackendError extends Error {
  readonly code: ErrorCode;
  readonly detail: string;

  constructor(code: ErrorCode, message: string, detail = "") {
    super(message);
    this.name = "BackendError";
    this.code = code;
    this.detail = detail;
  }

  /** Takes whatever was thrown: our JSON as text or as an object, or anything. */
  static from(thrown: unknown): BackendError {
    if (thrown instanceof BackendError) return thrown;
    // Wails rejects with an Error whose message is what Go's ErrorFormatter gave.
    const raw = thrown instanceof Error ? thrown.message : thrown;
    const value = typeof raw === "string" ? parse(raw) : raw;
    if (isRecord(value)) {
      const inner = isRecord(value["error"]) ? value["error"] : value;
      if (typeof inner["message"] === "string") {
        return new BackendError(codeOf(inner["code"]), inner["message"], text(inner["detail"]));
      }
    }
    return new BackendError("internal", "", typeof value === "string" ? value : text(value));
  }
}

function parse(value: string): unknown {
  try {
    return JSON.parse(value);
  } catch {
    return value;
  }
}

function codeOf(value: unknown): ErrorCode {
  return typeof value === "string" && codes.includes(value) ? (value as ErrorCode) : "internal";
}

function text(value: unknown): string {
  if (typeof value === "string") return value;
  return value === undefined || value === null ? "" : String(value);
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null;
}
