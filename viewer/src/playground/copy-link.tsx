import { useSignal } from "@preact/signals";
import { useRef } from "preact/hooks";

/** Puts the address, with all settings, where it can be pasted. */
export function CopyLink() {
  const said = useSignal("");
  const silence = useRef<ReturnType<typeof setTimeout>>(undefined);
  const copy = async (): Promise<void> => {
    try {
      await navigator.clipboard.writeText(location.href);
      said.value = "Copied";
    } catch {
      said.value = "Copy it from the address bar";
    }
    clearTimeout(silence.current);
    silence.current = setTimeout(() => {
      said.value = "";
    }, 3000);
  };
  return (
    <div class="copy-link">
      <button type="button" class="small" onClick={copy}>
        Copy link
      </button>
      <span class="said" role="status">
        {said.value}
      </span>
    </div>
  );
}
