import type { JsonObject } from "../api/types";
import { formatValue } from "../state/format";

/** Everything that the camera wrote beside the picture. */
export function ExifTable({ tags }: { readonly tags: JsonObject }): JSX.Element {
  const rows = Object.entries(tags);
  return (
    <details className="section exif">
      <summary><h2>EXIF<span>{rows.length} {rows.length === 1 ? "tag" : "tags"}</span></h2></summary>
      <table>
        <tbody>
          {rows.map(([name, value]) => (
            <tr key={name}><th scope="row">{name}</th><td>{formatValue(name, value)}</td></tr>))}
        </tbody>
      </table>
    </details>
  );
}
