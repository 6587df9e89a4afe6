import { useSignal } from "@preact/signals";

/** Puts the address, with all settings, where it can be pasted. */
export function CopyLink() {
  const said = useSignal("");
  const copy = async (): Promise<void> => {
    try {
      await navigator.clipboard.writeText(location.href);
      said.value = "Copied";
    } catch {
      said.value = "Copy it from the address bar";
    }
    setTimeout(() => {
      said.value = "";
    }, 3000);
  };
  return (
    <div class="copy-link">
      <span class="quiet" role="status">
        {said.value}
      </span>
      <button type="button" class="small" onClick={copy}>
        Copy link
      </button>
    </div>
  );
}
