import { StrictMode } from "react";
import { createRoot } from "react-dom/client";
import { App } from "./App";
import { startTheme } from "./state/theme";

startTheme();

document.addEventListener("DOMContentLoaded", () => {
  const container = document.getElementById("app");
  if (container === null) throw new Error("index.html lacks #app");
  createRoot(container).render(<StrictMode><App /></StrictMode>);
});
