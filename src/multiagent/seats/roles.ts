/** What agents are, by their names: `predator_3` is a `predator`. */
export function roleOf(agent: string): string {
  return agent.replace(/_\d+$/, "");
}

/** Indices of agents by their role, in the order in which roles first come. */
export function rolesOf(agents: readonly string[]): ReadonlyMap<string, readonly number[]> {
  const roles = new Map<string, number[]>();
  agents.forEach((agent, index) => {
    const role = roleOf(agent);
    const members = roles.get(role);
    if (members === undefined) roles.set(role, [index]);
    else members.push(index);
  });
  return roles;
}
