/** Everything that is not a sign-in: configuration, storage, the command line, what an administrator does. */
export const operationReasons = {};
