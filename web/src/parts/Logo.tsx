/** An eye's iris with the fovea a little off its centre, where it is in an eye. */
export function Logo(): JSX.Element {
  return (
    <svg className="logo" viewBox="0 0 32 32" width="26" height="26" aria-hidden="true">
      <circle cx="16" cy="16" r="12.5" fill="none" stroke="currentColor" strokeWidth="3" />
      <circle cx="19" cy="14" r="5" fill="currentColor" />
    </svg>
  );
}
