import type { BackendError, ErrorCode } from "$lib/backend";
import { m } from "$lib/i18n";

const plain: Record<ErrorCode, () => string> = {
  invalid: () => m.error_invalid(),
  auth: () => m.error_auth(),
  forbidden: () => m.error_forbidden(),
  not_found: () => m.error_not_found(),
  conflict: () => m.error_conflict(),
  window_closed: () => m.error_conflict(),
  unavailable: () => m.error_unavailable(),
  internal: () => m.error_internal(),
};

/** The program's own sentence; where it gave none, what its code means. */
export function errorText(error: BackendError): string {
  return error.message || plain[error.code]();
}
