import { send, status } from "../model.js";

const speeds: readonly (number | null)[] = [1, 4, 12, 30, 60, null];

/** Steps a second. */
export function Speed() {
  return (
    <label class="field">
      Speed
      <select
        value={String(status.value?.speed)}
        onChange={({ currentTarget: { value } }) =>
          send({ type: "speed", speed: value === "null" ? null : Number(value) })
        }
      >
        {speeds.map((speed) => (
          <option key={String(speed)} value={String(speed)}>
            {speed === null ? "as fast as it goes" : `${speed} a second`}
          </option>
        ))}
      </select>
    </label>
  );
}
