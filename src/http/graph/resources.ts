import { userRoutes } from './resources/users.ts';
import { Routes } from './route.ts';

/** Every operation there is, area by area. */
export const routes = new Routes([...userRoutes]);
