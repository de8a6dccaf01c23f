/** A line with the time of day, UTC. */
export const printProgress = (line: string): void => console.log(`${new Date().toISOString().slice(11, 19)}  ${line}`)

/** Prints a report. Answers the exit code: 0 when there is no problem, or when the problems show the sabotage. */
export function printVerdict(
  report: { readonly problems: readonly string[] },
  sabotage: { readonly name: string; readonly noticedBy: RegExp } | null,
): number {
  console.log(JSON.stringify(report, null, 2))
  if (sabotage === null) return report.problems.length === 0 ? 0 : 1
  const { name, noticedBy } = sabotage
  const noticed = report.problems.filter((problem) => noticedBy.test(problem))
  console.log(noticed.length > 0 ? `${name} was noticed: ${noticed[0]} (${noticed.length} such problems)` : `${name} was NOT noticed`)
  return noticed.length > 0 ? 0 : 1
}
