/** Entry of an environment thread: makes its environments and answers requests until it is ended from outside. */
import "../../envs/index.js";
import { receiveMessageOnPort, workerData } from "node:worker_threads";
import { EnvHost, type HostReply, type HostRequest, sentError } from "gymnasium-js";
import { answers, answersByMessage, asksByMessage, type HostThreadData, requests } from "./protocol.js";

const { host: options, modules, moduleLoader, control: memory, port } = workerData as HostThreadData;
const control = new Int32Array(memory);
const plainStep: HostRequest = { type: "step", actions: null };

const host = await startHost();
for (let answered = 0; ; answered++) {
  // The asker announces a request and then notifies: a notification can come when its request is long answered.
  while (Atomics.load(control, requests) === answered) Atomics.wait(control, requests, answered);
  answer(host instanceof EnvHost ? host.handle(nextRequest()) : failed());
}

async function startHost(): Promise<EnvHost | HostReply> {
  try {
    const load: (path: string) => Promise<unknown> =
      moduleLoader === null ? (path) => import(path) : (await import(moduleLoader)).loadEnvModule;
    for (const path of modules) await load(path);
    return new EnvHost(options);
  } catch (error) {
    return { ok: false, error: sentError(error) };
  }
}

/** Whatever is asked of environments that could not be made, the answer is why. */
function failed(): HostReply {
  nextRequest();
  return host as HostReply;
}

function nextRequest(): HostRequest {
  if (control[asksByMessage] === 0) return plainStep;
  return receiveMessageOnPort(port)?.message as HostRequest;
}

function answer(reply: HostReply): void {
  const says = !reply.ok || reply.value !== null;
  if (says) port.postMessage(reply);
  Atomics.store(control, answersByMessage, says ? 1 : 0);
  Atomics.add(control, answers, 1);
  Atomics.notify(control, answers);
}
