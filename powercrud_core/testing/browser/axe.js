// Runs axe-core over a part of the page; returns one line for each element that violates a rule.
async ([within, tags, free]) => {
  const rules = Object.fromEntries(free.map(id => [id, { enabled: false }]));
  const { violations } = await axe.run(within, { runOnly: tags, rules, resultTypes: ["violations"] });
  const told = ({ html, any, all, none }) =>
    `${html.replace(/\s+/g, " ").slice(0, 160)} ${[...any, ...all, ...none][0]?.message ?? ""}`;
  return violations.flatMap(({ id, nodes }) => nodes.map(node => `${id}: ${told(node)}`));
}
