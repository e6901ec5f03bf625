"""Who the patient is, who pays the bill, which coverages answer for a day; duplicates found, merged and unmerged."""
