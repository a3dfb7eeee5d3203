// Debian's declarations of React import `prop-types`, which Debian does not package. Nothing here uses it.
export type Validator<T> = (value: T) => Error | null;
export type ReactNodeLike = unknown;
export type WeakValidationMap<T> = { [K in keyof T]?: Validator<T[K]> };
export type Requireable<T> = Validator<T>;
export type InferProps<T> = { [K in keyof T]?: unknown };
export type ValidationMap<T> = { [K in keyof T]?: Validator<T[K]> };
