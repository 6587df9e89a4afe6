import { z } from "zod";

// The page may not make code of strings; zod would try, and the browser would report it.
z.config({ jitless: true });
