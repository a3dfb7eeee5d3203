// Debian's declarations of React import `csstype`, which Debian does not package. This is what they need.
export interface Properties<Length = string | number, Time = string> {
  [property: string]: string | number | Length | Time | undefined;
}
