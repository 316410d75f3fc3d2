export type { Backend } from "./backend";
export { BackendError, type ErrorCode } from "./error";
export type * from "./types";
export type * from "./movingTypes";
