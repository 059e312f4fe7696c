/** Where the table `access` keeps answers to writes that name themselves, for their repeats. */
export const repliesIndex = (tenant: string): string => `${tenant}#once`;
