/** What a model may do by itself in a `talk`, where the step's `tools` name it. */
export const BUILTIN_TOOLS = ['hang_up', 'transfer', 'press', 'remember', 'clock'] as const;
