/** Metadata of every file that a rule made: its value is the rule's id. Such a file starts no rule, so no chain of rules can run in circles. */
export const RULE_MARK = 'emulsion-rule'
