import { signal } from "@preact/signals";
import "./runs.css";

const views = [
  { name: "play", label: "Play" },
  { name: "runs", label: "Runs" },
] as const;

type View = (typeof views)[number]["name"];

function fromAddress(): View {
  return views.find(({ name }) => location.hash === `#${name}`)?.name ?? "play";
}

/** What the page shows; a part of its address, so that it outlives a reload and the browser's "back" goes back. */
export const view = signal<View>(fromAddress());
addEventListener("hashchange", () => {
  view.value = fromAddress();
});

/** One of the page's two views. */
export function ViewSwitch() {
  return (
    <nav class="views" aria-label="Views">
      {views.map(({ name, label }) => (
        <a key={name} href={`#${name}`} aria-current={view.value === name ? "page" : undefined}>
          {label}
        </a>
      ))}
    </nav>
  );
}
