/** Made by `npm run docs` from the OpenAPI document of src/api. Do not edit. */

export interface paths {
    "/api/v1/api-keys": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** API keys of the workspace */
        get: {
            parameters: {
                query?: never;
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description Keys, without their secret */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["ApiKeyList"];
                    };
                };
                /** @description What went wrong and what to do */
                default: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        put?: never;
        /**
         * Make an API key
         * @description The answer holds the key and is never kept, so an Idempotency-Key is not taken here.
         */
        post: {
            parameters: {
                query?: never;
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody: {
                content: {
                    "application/json": components["schemas"]["ApiKeyInput"];
                };
            };
            responses: {
                /** @description The key, shown this once */
                201: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["NewApiKey"];
                    };
                };
                /** @description What went wrong and what to do */
                default: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/api-keys/{id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        post?: never;
        /** Revoke an API key */
        delete: {
            parameters: {
                query?: never;
                header?: never;
                path: {
                    id: string;
                };
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description Revoked */
                204: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content?: never;
                };
                /** @description What went wrong and what to do */
                default: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/authorisations": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Connect without copying a key: the merchant approves in the shop */
        post: {
            parameters: {
                query?: never;
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody: {
                content: {
                    "application/json": components["schemas"]["AuthorisationInput"];
                };
            };
            responses: {
                /** @description Where to send the browser */
                201: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Authorisation"];
                    };
                };
                /** @description What went wrong and what to do */
                default: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/counts": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** What waits for a person */
        get: {
            parameters: {
                query?: never;
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description Counts */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Counts"];
                    };
                };
                /** @description What went wrong and what to do */
                default: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/demo": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Start the demo shop and connect it, while nothing is connected */
        post: {
            parameters: {
                query?: never;
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description The demo shop, connected */
                201: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["AddedIntegration"];
                    };
                };
                /** @description What went wrong and what to do */
                default: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/integrations": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Connected shops and the health of their lanes */
        get: {
            parameters: {
                query?: never;
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description Integrations */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["IntegrationList"];
                    };
                };
                /** @description What went wrong and what to do */
                default: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        put?: never;
        /**
         * Connect a shop: the login is tried before it is saved
         * @description An Idempotency-Key header makes a repeat of this call harmless: the first answer is given again.
         */
        post: {
            parameters: {
                query?: never;
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody: {
                content: {
                    "application/json": components["schemas"]["IntegrationInput"];
                };
            };
            responses: {
                /** @description Connected; the first import has started */
                201: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["AddedIntegration"];
                    };
                };
                /** @description What went wrong and what to do */
                default: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/integrations/{id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** One integration */
        get: {
            parameters: {
                query?: never;
                header?: never;
                path: {
                    id: string;
                };
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description The integration */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Integration"];
                    };
                };
                /** @description What went wrong and what to do */
                default: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        put?: never;
        post?: never;
        /** Remove an integration and its orders; our webhooks in the shop are deleted */
        delete: {
            parameters: {
                query?: never;
                header?: never;
                path: {
                    id: string;
                };
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description Removed */
                204: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content?: never;
                };
                /** @description What went wrong and what to do */
                default: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        options?: never;
        head?: never;
        /** Change name, address, login or choices; a new address or login is tried first */
        patch: {
            parameters: {
                query?: never;
                header?: never;
                path: {
                    id: string;
                };
                cookie?: never;
            };
            requestBody: {
                content: {
                    "application/json": components["schemas"]["IntegrationPatch"];
                };
            };
            responses: {
                /** @description Changed */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["AddedIntegration"];
                    };
                };
                /** @description What went wrong and what to do */
                default: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        trace?: never;
    };
    "/api/v1/integrations/{id}/exchanges": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Calls to the shop of the last 14 days, newest first, secrets removed */
        get: {
            parameters: {
                query?: {
                    /** @description `next` of the page before. */
                    cursor?: string;
                    limit?: number;
                };
                header?: never;
                path: {
                    id: string;
                };
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description Exchanges */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["ExchangeList"];
                    };
                };
                /** @description What went wrong and what to do */
                default: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/integrations/{id}/quarantine": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Records the hub could not read, kept whole */
        get: {
            parameters: {
                query?: {
                    /** @description `next` of the page before. */
                    cursor?: string;
                    limit?: number;
                };
                header?: never;
                path: {
                    id: string;
                };
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description Quarantined records */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["QuarantineList"];
                    };
                };
                /** @description What went wrong and what to do */
                default: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/integrations/{id}/runs": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Runs that changed something or failed, newest first */
        get: {
            parameters: {
                query?: {
                    /** @description `next` of the page before. */
                    cursor?: string;
                    limit?: number;
                };
                header?: never;
                path: {
                    id: string;
                };
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description Runs */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["RunList"];
                    };
                };
                /** @description What went wrong and what to do */
                default: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/integrations/{id}/sync": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** What the sync asked for at `askedAt` has brought so far */
        get: {
            parameters: {
                query: {
                    askedAt: string;
                    /** @description Answer only when it is over, or after 30 s. */
                    wait?: "0" | "1" | "true" | "false";
                    /** @description When it counts as over: after the changed orders (default), or also after older orders and due write-backs. */
                    until?: "orders" | "everything";
                };
                header?: never;
                path: {
                    id: string;
                };
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description Result or progress */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["SyncResult"];
                    };
                };
                /** @description What went wrong and what to do */
                default: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        put?: never;
        /**
         * Start a sync now, or join the one that runs
         * @description An Idempotency-Key header makes a repeat of this call harmless: the first answer is given again.
         */
        post: {
            parameters: {
                query?: never;
                header?: never;
                path: {
                    id: string;
                };
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description Asked */
                202: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["SyncAsked"];
                    };
                };
                /** @description What went wrong and what to do */
                default: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/me": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Who am I, in which workspace */
        get: {
            parameters: {
                query?: never;
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description The caller */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Me"];
                    };
                };
                /** @description What went wrong and what to do */
                default: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/orders": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Orders, newest first */
        get: {
            parameters: {
                query?: {
                    /** @description Start of a number, e-mail or SKU; a name from three letters. */
                    query?: string;
                    /** @description Exactly this order number. */
                    number?: string;
                    status?: "ready" | "on-hold" | "shipped" | "completed" | "cancelled" | "refunded" | "unknown";
                    integration?: string;
                    country?: string;
                    /** @description Placed at or after this day or instant. */
                    from?: string;
                    /** @description Placed before the end of this day, or before this instant. */
                    to?: string;
                    toShip?: "0" | "1" | "true" | "false";
                    attention?: "0" | "1" | "true" | "false";
                    tag?: string;
                    /** @description `next` of the page before. */
                    cursor?: string;
                    limit?: number;
                };
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description Orders */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["OrderList"];
                    };
                };
                /** @description What went wrong and what to do */
                default: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/orders/{id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** One order with everything known about it */
        get: {
            parameters: {
                query?: never;
                header?: never;
                path: {
                    id: string;
                };
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description The order */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Order"];
                    };
                };
                /** @description What went wrong and what to do */
                default: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        /** Set our own tags on an order */
        patch: {
            parameters: {
                query?: never;
                header?: never;
                path: {
                    id: string;
                };
                cookie?: never;
            };
            requestBody: {
                content: {
                    "application/json": components["schemas"]["OrderPatch"];
                };
            };
            responses: {
                /** @description The order */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Order"];
                    };
                };
                /** @description What went wrong and what to do */
                default: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        trace?: never;
    };
    "/api/v1/orders/{id}/notes": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Write a note of our own; the shop does not see it
         * @description An Idempotency-Key header makes a repeat of this call harmless: the first answer is given again.
         */
        post: {
            parameters: {
                query?: never;
                header?: never;
                path: {
                    id: string;
                };
                cookie?: never;
            };
            requestBody: {
                content: {
                    "application/json": components["schemas"]["NoteInput"];
                };
            };
            responses: {
                /** @description The note */
                201: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Note"];
                    };
                };
                /** @description What went wrong and what to do */
                default: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/orders/{id}/notes/{note}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        post?: never;
        /** Delete a note */
        delete: {
            parameters: {
                query?: never;
                header?: never;
                path: {
                    id: string;
                    note: string;
                };
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description Deleted */
                204: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content?: never;
                };
                /** @description What went wrong and what to do */
                default: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/orders/{id}/raw": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** The shop's own record of an order, as it was read last */
        get: {
            parameters: {
                query?: never;
                header?: never;
                path: {
                    id: string;
                };
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description The record */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["OrderRaw"];
                    };
                };
                /** @description What went wrong and what to do */
                default: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/orders/{id}/refresh": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Read the order again from the shop, now */
        post: {
            parameters: {
                query?: never;
                header?: never;
                path: {
                    id: string;
                };
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description The order as the shop has it now */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Order"];
                    };
                };
                /** @description What went wrong and what to do */
                default: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/orders/{id}/shipments": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Ship an order, whole or in part; the shop is told the tracking numbers
         * @description The order is read again from the shop first. An Idempotency-Key header makes a repeat of this call harmless: the first answer is given again.
         */
        post: {
            parameters: {
                query?: never;
                header?: never;
                path: {
                    id: string;
                };
                cookie?: never;
            };
            requestBody: {
                content: {
                    "application/json": components["schemas"]["ShipmentInput"];
                };
            };
            responses: {
                /** @description Shipped; the shop is being told */
                201: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Shipped"];
                    };
                };
                /** @description What went wrong and what to do */
                default: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/platforms": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Kinds of shop this hub can connect */
        get: {
            parameters: {
                query?: never;
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description Platforms */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["PlatformList"];
                    };
                };
                /** @description What went wrong and what to do */
                default: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/recognitions": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Look at an address and say what shop is there */
        post: {
            parameters: {
                query?: never;
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody: {
                content: {
                    "application/json": components["schemas"]["RecognitionInput"];
                };
            };
            responses: {
                /** @description What the hub saw */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Recognition"];
                    };
                };
                /** @description What went wrong and what to do */
                default: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/session": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Sign in */
        post: {
            parameters: {
                query?: never;
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody: {
                content: {
                    "application/json": components["schemas"]["SignInInput"];
                };
            };
            responses: {
                /** @description Signed in */
                201: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Me"];
                    };
                };
                /** @description What went wrong and what to do */
                default: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        /** Sign out */
        delete: {
            parameters: {
                query?: never;
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description Signed out */
                204: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content?: never;
                };
                /** @description What went wrong and what to do */
                default: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/setup": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Make the first user with the one-time link, and sign in */
        post: {
            parameters: {
                query?: never;
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody: {
                content: {
                    "application/json": components["schemas"]["SetupInput"];
                };
            };
            responses: {
                /** @description Made and signed in */
                201: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Me"];
                    };
                };
                /** @description What went wrong and what to do */
                default: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/setup-state": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Is there a user yet? Does the demo shop run? */
        get: {
            parameters: {
                query?: never;
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description State of this hub for a visitor */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["SetupState"];
                    };
                };
                /** @description What went wrong and what to do */
                default: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/shipments/{id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        /** Correct carrier or tracking numbers; the shop is told where it can be */
        patch: {
            parameters: {
                query?: never;
                header?: never;
                path: {
                    id: string;
                };
                cookie?: never;
            };
            requestBody: {
                content: {
                    "application/json": components["schemas"]["ShipmentPatch"];
                };
            };
            responses: {
                /** @description Corrected */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Shipped"];
                    };
                };
                /** @description What went wrong and what to do */
                default: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        trace?: never;
    };
    "/api/v1/shipments/{id}/void": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Take a shipment back; the shop is told where it can be
         * @description An Idempotency-Key header makes a repeat of this call harmless: the first answer is given again.
         */
        post: {
            parameters: {
                query?: never;
                header?: never;
                path: {
                    id: string;
                };
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description Voided */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Shipped"];
                    };
                };
                /** @description What went wrong and what to do */
                default: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/sync": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Start a sync of every integration
         * @description An Idempotency-Key header makes a repeat of this call harmless: the first answer is given again.
         */
        post: {
            parameters: {
                query?: never;
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description Asked */
                202: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["SyncAskedList"];
                    };
                };
                /** @description What went wrong and what to do */
                default: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/trackings/import": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Ship what a CSV of tracking numbers says; the same file adds nothing the second time
         * @description An Idempotency-Key header makes a repeat of this call harmless: the first answer is given again.
         */
        post: {
            parameters: {
                query?: {
                    /** @description Look for the order numbers in this shop only. */
                    integration?: string;
                    /** @description For rows without a carrier. */
                    carrierName?: string;
                    /** @description Which order a number means: `1042:ord_…`, once per number. */
                    choose?: string | string[];
                };
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody: {
                content: {
                    "text/csv": string;
                    "application/octet-stream": string;
                };
            };
            responses: {
                /** @description Row by row */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["TrackingImport"];
                    };
                };
                /** @description What went wrong and what to do */
                default: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/trackings/preview": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Read a CSV of tracking numbers and say what each row would do; nothing is changed */
        post: {
            parameters: {
                query?: {
                    /** @description Look for the order numbers in this shop only. */
                    integration?: string;
                    /** @description For rows without a carrier. */
                    carrierName?: string;
                    /** @description Which order a number means: `1042:ord_…`, once per number. */
                    choose?: string | string[];
                };
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody: {
                content: {
                    "text/csv": string;
                    "application/octet-stream": string;
                };
            };
            responses: {
                /** @description Row by row */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["TrackingPreview"];
                    };
                };
                /** @description What went wrong and what to do */
                default: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/writebacks": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** What shops were told or must still be told, newest first */
        get: {
            parameters: {
                query?: {
                    state?: "planned" | "sent" | "confirmed" | "refused" | "in-doubt";
                    order?: string;
                    integration?: string;
                    /** @description `next` of the page before. */
                    cursor?: string;
                    limit?: number;
                };
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description Write-backs */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["WritebackList"];
                    };
                };
                /** @description What went wrong and what to do */
                default: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/writebacks/{id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** One write-back; with `wait=settled` the answer comes when it is settled or after 60 s */
        get: {
            parameters: {
                query?: {
                    /** @description Answer only when it is confirmed, refused or in doubt, or after 60 s. */
                    wait?: "settled";
                };
                header?: never;
                path: {
                    id: string;
                };
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description The write-back */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Writeback"];
                    };
                };
                /** @description What went wrong and what to do */
                default: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/writebacks/{id}/settle": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Decide about a write-back that was refused or is in doubt
         * @description An Idempotency-Key header makes a repeat of this call harmless: the first answer is given again.
         */
        post: {
            parameters: {
                query?: never;
                header?: never;
                path: {
                    id: string;
                };
                cookie?: never;
            };
            requestBody: {
                content: {
                    "application/json": components["schemas"]["SettleInput"];
                };
            };
            responses: {
                /** @description The write-back */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Writeback"];
                    };
                };
                /** @description What went wrong and what to do */
                default: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
}
export type webhooks = Record<string, never>;
export interface components {
    schemas: {
        ApiKeyList: {
            items: components["schemas"]["ApiKey"][];
            /** @description Absent on the last page. */
            next?: string;
        };
        ApiKey: {
            /** @example key_0199c0de7f3a7b1c9d2e4f5a6b7c8d9e */
            id: string;
            name: string;
            /**
             * @description Start of the key, to recognise it by.
             * @example psk_4fQ2
             */
            prefix: string;
            /**
             * Format: date-time
             * @example 2026-11-24T09:12:00.000Z
             */
            createdAt: string;
            /**
             * Format: date-time
             * @example 2026-11-24T09:12:00.000Z
             */
            lastUsedAt?: string;
        };
        Problem: {
            /** @example https://passerelle.invalid/errors#field-invalid */
            type: string;
            title: string;
            status: number;
            /** @description Stable; every code is listed in docs/errors.md. */
            code: string;
            /** @description The field that is wrong, as this API spells it. */
            field?: string;
            todo: string;
            detail?: string;
            params?: {
                [key: string]: string | number;
            };
            requestId: string;
        };
        NewApiKey: components["schemas"]["ApiKey"] & {
            /** @description The key itself. Shown this once; the hub keeps only its hash. */
            key: string;
        };
        ApiKeyInput: {
            name: string;
        };
        Authorisation: {
            /** @description Send the browser here: the merchant approves in the shop. */
            link: string;
            /**
             * Format: date-time
             * @example 2026-11-24T09:12:00.000Z
             */
            expiresAt: string;
        };
        AuthorisationInput: {
            platform: string;
            /** @example https://boutique.example */
            url: string;
            name?: string;
            /**
             * @description Orders placed from here on are imported: `30d`, a date, or `all`. Open orders come at any age, later changes always.
             * @example 30d
             */
            since?: string;
            /**
             * @description Who tells the customer that the order is on its way.
             * @enum {string}
             */
            tell?: "nobody" | "completed" | "note";
            /** @description Consent to keys in the query where the shop loses the header. */
            queryKeys?: boolean;
            /**
             * @description Language of notes to the customer.
             * @enum {string}
             */
            language?: "fr" | "en";
            copy?: boolean;
        };
        Counts: {
            toShip: number;
            /**
             * Format: date-time
             * @example 2026-11-24T09:12:00.000Z
             */
            oldestToShipAt?: string;
            attention: number;
            ordersToday: number;
            writebacksRefused: number;
            writebacksInDoubt: number;
            integrations: number;
            integrationsSlowed: number;
            integrationsPaused: number;
            /** @description A count stopped at 1,000: there are at least that many. */
            capped: boolean;
        };
        AddedIntegration: components["schemas"]["Integration"] & {
            /** @description Warnings and facts found while connecting. */
            saw: components["schemas"]["Sight"][];
        };
        LaneHealth: {
            /** @enum {string} */
            lane: "import" | "write-back" | "webhooks";
            /** @enum {string} */
            state: "connected" | "slowed" | "paused";
            /**
             * Format: date-time
             * @example 2026-11-24T09:12:00.000Z
             */
            since: string;
            because?: components["schemas"]["Trouble"];
            failures: number;
            /**
             * Format: date-time
             * @example 2026-11-24T09:12:00.000Z
             */
            nextAttemptAt?: string;
        };
        Trouble: {
            code: string;
            params?: {
                [key: string]: string | number;
            };
            /** @description What is wrong, in the language asked for (Accept-Language). */
            title: string;
            /** @description What to do about it, in the same language. */
            todo: string;
        };
        Sight: {
            code: string;
            params?: {
                [key: string]: string | number;
            };
            text: string;
        };
        Integration: {
            /** @example int_0199c0de7f3a7b1c9d2e4f5a6b7c8d9e */
            id: string;
            platform: string;
            name: string;
            url: string;
            /**
             * @description The worst of the lanes, or the user’s own switch.
             * @enum {string}
             */
            state: "connected" | "slowed" | "paused" | "disabled";
            lanes: components["schemas"]["LaneHealth"][];
            /**
             * Format: date-time
             * @description When the shop last answered a reading of its orders.
             * @example 2026-11-24T09:12:00.000Z
             */
            lastSyncAt?: string;
            /**
             * Format: date-time
             * @example 2026-11-24T09:12:00.000Z
             */
            nextSyncAt?: string;
            syncing: boolean;
            /** @description Present while older orders are still being fetched. */
            backfill?: {
                done: number;
                total?: number;
            };
            ordersToday: number;
            ordersTotal: number;
            quarantined: number;
            writebacks: {
                waiting: number;
                refused: number;
                inDoubt: number;
            };
            /** @description One part of the work that fails while its lane is well, such as the fetching of older orders. */
            troubles: components["schemas"]["Trouble"][];
            options: {
                /** @enum {string} */
                tell: "nobody" | "completed" | "note";
                queryKeys: boolean;
                since: string;
                language: string;
            };
            /** @description Names of the saved login fields; values are never shown. */
            loginFields: string[];
            /**
             * @description The shop's own time zone.
             * @example Europe/Paris
             */
            zone?: string;
            webhooks?: {
                standing: number;
                /**
                 * Format: date-time
                 * @example 2026-11-24T09:12:00.000Z
                 */
                lastDeliveryAt?: string;
            };
            /**
             * Format: date-time
             * @example 2026-11-24T09:12:00.000Z
             */
            disabledAt?: string;
            /**
             * Format: date-time
             * @example 2026-11-24T09:12:00.000Z
             */
            createdAt: string;
        };
        IntegrationList: {
            items: components["schemas"]["Integration"][];
            /** @description Absent on the last page. */
            next?: string;
        };
        IntegrationInput: {
            platform: string;
            /** @example https://boutique.example */
            url: string;
            /**
             * @description By the names of the platform's loginFields.
             * @example {
             *       "key": "ck_…",
             *       "secret": "cs_…"
             *     }
             */
            login: {
                [key: string]: string;
            };
            name?: string;
            /**
             * @description Orders placed from here on are imported: `30d`, a date, or `all`. Open orders come at any age, later changes always.
             * @example 30d
             */
            since?: string;
            /**
             * @description Who tells the customer that the order is on its way.
             * @enum {string}
             */
            tell?: "nobody" | "completed" | "note";
            /** @description Consent to keys in the query where the shop loses the header. */
            queryKeys?: boolean;
            /**
             * @description Language of notes to the customer.
             * @enum {string}
             */
            language?: "fr" | "en";
            /** @description Yes, this is a copy (staging) of a shop that is connected already. */
            copy?: boolean;
        };
        IntegrationPatch: {
            name?: string;
            /**
             * @description Orders placed from here on are imported: `30d`, a date, or `all`. Open orders come at any age, later changes always.
             * @example 30d
             */
            since?: string;
            /**
             * @description Who tells the customer that the order is on its way.
             * @enum {string}
             */
            tell?: "nobody" | "completed" | "note";
            /** @description Consent to keys in the query where the shop loses the header. */
            queryKeys?: boolean;
            /**
             * @description Language of notes to the customer.
             * @enum {string}
             */
            language?: "fr" | "en";
            /** @example https://boutique.example */
            url?: string;
            /**
             * @description By the names of the platform's loginFields.
             * @example {
             *       "key": "ck_…",
             *       "secret": "cs_…"
             *     }
             */
            login?: {
                [key: string]: string;
            };
            disabled?: boolean;
            /** @description Yes, the new address is the same shop, moved. */
            moved?: boolean;
        };
        ExchangeList: {
            items: components["schemas"]["Exchange"][];
            /** @description Absent on the last page. */
            next?: string;
        };
        Exchange: {
            /** @example exc_0199c0de7f3a7b1c9d2e4f5a6b7c8d9e */
            id: string;
            /**
             * Format: date-time
             * @example 2026-11-24T09:12:00.000Z
             */
            at: string;
            purpose: string;
            method: string;
            /** @description Secrets are replaced by dots. */
            url: string;
            status?: number;
            /** @description Code of the failure when there was no answer. */
            error?: string;
            tookMs: number;
            sentBytes: number;
            wireBytes: number;
            bodyBytes: number;
            requestHeaders: {
                [key: string]: string;
            };
            responseHeaders?: {
                [key: string]: string;
            };
            /** @description First 4 kB of an answer that was not the expected one. */
            bodyStart?: string;
        };
        QuarantineList: {
            items: components["schemas"]["Quarantined"][];
            /** @description Absent on the last page. */
            next?: string;
        };
        Quarantined: {
            /** @example qua_0199c0de7f3a7b1c9d2e4f5a6b7c8d9e */
            id: string;
            kind: string;
            remoteId?: string;
            reason: string;
            /**
             * Format: date-time
             * @example 2026-11-24T09:12:00.000Z
             */
            firstSeenAt: string;
            /**
             * Format: date-time
             * @example 2026-11-24T09:12:00.000Z
             */
            lastSeenAt: string;
            bytes: number;
            /** @description First 2 kB of what the shop sent. */
            start: string;
        };
        RunList: {
            items: components["schemas"]["Run"][];
            /** @description Absent on the last page. */
            next?: string;
        };
        Run: {
            /** @example run_0199c0de7f3a7b1c9d2e4f5a6b7c8d9e */
            id: string;
            kind: string;
            pass: string;
            /**
             * Format: date-time
             * @example 2026-11-24T09:12:00.000Z
             */
            startedAt: string;
            /**
             * Format: date-time
             * @example 2026-11-24T09:12:00.000Z
             */
            endedAt: string;
            outcome: string;
            imported: number;
            changed: number;
            unchanged: number;
            quarantined: number;
            gone: number;
            requests: number;
            because?: components["schemas"]["Trouble"];
        };
        SyncResult: {
            /** @example int_0199c0de7f3a7b1c9d2e4f5a6b7c8d9e */
            id: string;
            name: string;
            /**
             * Format: date-time
             * @example 2026-11-24T09:12:00.000Z
             */
            askedAt: string;
            /** @description Not over yet; ask again. */
            running: boolean;
            imported: number;
            changed: number;
            unchanged: number;
            quarantined: number;
            gone: number;
            requests: number;
            durationMs: number;
            backfill?: {
                done: number;
                total?: number;
            };
            /** @description Tracking numbers are due and not told to the shop yet. */
            tellingShop: boolean;
            failing?: components["schemas"]["Trouble"] & unknown;
        };
        SyncAsked: {
            /** @example int_0199c0de7f3a7b1c9d2e4f5a6b7c8d9e */
            id: string;
            name: string;
            /**
             * Format: date-time
             * @example 2026-11-24T09:12:00.000Z
             */
            askedAt: string;
            /** @description Somebody asked a moment ago; this call joins that sync. */
            debounced: boolean;
        };
        Me: {
            /** @enum {string} */
            via: "session" | "api-key" | "local";
            user?: {
                /** @example usr_0199c0de7f3a7b1c9d2e4f5a6b7c8d9e */
                id: string;
                email: string;
                name: string;
                /** @enum {string} */
                locale?: "fr" | "en";
            };
            /** @enum {string} */
            role: "owner" | "member";
            workspace: {
                /** @example ws_0199c0de7f3a7b1c9d2e4f5a6b7c8d9e */
                id: string;
                slug: string;
                name: string;
            };
            /** @description Signed in by cookie only: to be sent as X-CSRF-Token with every POST, PATCH and DELETE. */
            csrfToken?: string;
        };
        OrderList: {
            items: components["schemas"]["OrderRow"][];
            /** @description Absent on the last page. */
            next?: string;
        };
        OrderRow: {
            /** @example ord_0199c0de7f3a7b1c9d2e4f5a6b7c8d9e */
            id: string;
            /** @example int_0199c0de7f3a7b1c9d2e4f5a6b7c8d9e */
            integrationId: string;
            integrationName: string;
            remoteId: string;
            number: string;
            /** @enum {string} */
            status: "ready" | "on-hold" | "shipped" | "completed" | "cancelled" | "refunded" | "unknown";
            statusRaw: string;
            /** @enum {string} */
            gone?: "trashed" | "deleted";
            /**
             * Format: date-time
             * @example 2026-11-24T09:12:00.000Z
             */
            placedAt: string;
            /**
             * Format: date-time
             * @example 2026-11-24T09:12:00.000Z
             */
            modifiedAt?: string;
            total?: components["schemas"]["Money"];
            customerName?: string;
            email?: string;
            country?: string;
            /** @description Units still to be sent. */
            leftToShip: number;
            toShip: boolean;
            /** @description Why a person should look: something changed in the shop after it was shipped. */
            attention?: string;
            issueCount: number;
            tags: string[];
        };
        Money: {
            /** @description Amount in minor units of the currency (ISO 4217): 1990 is 19,90 €, and 1990 ¥. */
            minor: number;
            /** @example EUR */
            currency: string;
        };
        Order: components["schemas"]["OrderRow"] & {
            placedRaw?: string;
            modifiedRaw?: string;
            /**
             * Format: date-time
             * @example 2026-11-24T09:12:00.000Z
             */
            paidAt?: string;
            holdReason?: string;
            totals: {
                goods?: components["schemas"]["Money"];
                shipping?: components["schemas"]["Money"];
                fees?: components["schemas"]["Money"];
                discount?: components["schemas"]["Money"];
                tax?: components["schemas"]["Money"];
                grand?: components["schemas"]["Money"];
                rounding: components["schemas"]["Money"];
            };
            customer: {
                remoteId?: string;
                name?: string;
                company?: string;
                email?: string;
                phone?: string;
            };
            shipTo: components["schemas"]["Address"];
            billTo: components["schemas"]["Address"];
            pickupPoint?: {
                carrier?: string;
                id?: string;
                name?: string;
                address?: components["schemas"]["Address"];
            };
            shippingMethod?: {
                code?: string;
                title?: string;
                price?: components["schemas"]["Money"];
            };
            payment?: {
                code?: string;
                title?: string;
                cashOnDelivery: boolean;
                amountDue?: components["schemas"]["Money"];
            };
            /** @description What the customer wrote. */
            note?: string;
            giftMessage?: string;
            lines: components["schemas"]["OrderLine"][];
            knownTrackings: {
                number: string;
                carrier?: string;
                url?: string;
            }[];
            issues: {
                code: string;
                field?: string;
                raw?: string;
            }[];
            notes: components["schemas"]["Note"][];
            shipments: components["schemas"]["Shipment"][];
            writebacks: components["schemas"]["Writeback"][];
            timeline: components["schemas"]["TimelineEntry"][];
            version: number;
            /**
             * Format: date-time
             * @example 2026-11-24T09:12:00.000Z
             */
            fetchedAt: string;
        };
        Address: {
            name?: string;
            company?: string;
            line1?: string;
            line2?: string;
            postcode?: string;
            city?: string;
            stateCode?: string;
            stateRaw?: string;
            country?: string;
            phone?: string;
            email?: string;
        };
        OrderLine: {
            remoteId: string;
            productRemoteId?: string;
            variantRemoteId?: string;
            sku?: string;
            gtin?: string;
            name: string;
            options?: {
                name: string;
                value: string;
            }[];
            /** @description Decimal text: "2", "1.5". */
            quantity: string;
            refunded: string;
            cancelled: string;
            shipped: string;
            /** @description max(0, ordered − shipped − refunded − cancelled) */
            toShip: number;
            unitPrice?: string;
            total?: components["schemas"]["Money"];
            tax?: components["schemas"]["Money"];
            weightMg?: number;
            lengthMm?: number;
            widthMm?: number;
            heightMm?: number;
            hsCode?: string;
            origin?: string;
            requiresShipping?: boolean;
            imageUrl?: string;
        };
        Note: {
            /** @example note_0199c0de7f3a7b1c9d2e4f5a6b7c8d9e */
            id: string;
            text: string;
            author?: string;
            /**
             * Format: date-time
             * @example 2026-11-24T09:12:00.000Z
             */
            createdAt: string;
        };
        Shipment: {
            /** @example shp_0199c0de7f3a7b1c9d2e4f5a6b7c8d9e */
            id: string;
            /** @example ord_0199c0de7f3a7b1c9d2e4f5a6b7c8d9e */
            orderId: string;
            ownReference: string;
            /** @enum {string} */
            state: "draft" | "booked" | "voided";
            carrierName: string;
            carrierCode?: string;
            revision: number;
            parcels: components["schemas"]["Parcel"][];
            lines: {
                lineRemoteId: string;
                quantity: string;
            }[];
            /**
             * Format: date-time
             * @example 2026-11-24T09:12:00.000Z
             */
            createdAt: string;
            /**
             * Format: date-time
             * @example 2026-11-24T09:12:00.000Z
             */
            bookedAt?: string;
            /**
             * Format: date-time
             * @example 2026-11-24T09:12:00.000Z
             */
            voidedAt?: string;
            createdBy?: string;
        };
        Parcel: {
            /** @example par_0199c0de7f3a7b1c9d2e4f5a6b7c8d9e */
            id: string;
            tracking: string;
            url?: string;
            /**
             * Format: date-time
             * @description Corrected away or voided.
             * @example 2026-11-24T09:12:00.000Z
             */
            withdrawnAt?: string;
        };
        Writeback: {
            /** @example wb_0199c0de7f3a7b1c9d2e4f5a6b7c8d9e */
            id: string;
            /** @example int_0199c0de7f3a7b1c9d2e4f5a6b7c8d9e */
            integrationId: string;
            integrationName: string;
            /** @example ord_0199c0de7f3a7b1c9d2e4f5a6b7c8d9e */
            orderId: string;
            orderNumber: string;
            /** @example shp_0199c0de7f3a7b1c9d2e4f5a6b7c8d9e */
            shipmentId?: string;
            /** @enum {string} */
            kind: "shipped" | "corrected" | "voided";
            revision: number;
            /** @enum {string} */
            state: "planned" | "sent" | "confirmed" | "refused" | "in-doubt";
            because?: components["schemas"]["Trouble"] & unknown;
            detail?: string;
            attempts: number;
            /**
             * Format: date-time
             * @example 2026-11-24T09:12:00.000Z
             */
            nextAt?: string;
            /**
             * Format: date-time
             * @example 2026-11-24T09:12:00.000Z
             */
            createdAt: string;
            /**
             * Format: date-time
             * @example 2026-11-24T09:12:00.000Z
             */
            sentAt?: string;
            /**
             * Format: date-time
             * @example 2026-11-24T09:12:00.000Z
             */
            settledAt?: string;
            parcels: {
                tracking: string;
                url?: string;
            }[];
            /** @description What stood in the shop when it was read again. */
            readBack?: unknown;
        };
        TimelineEntry: {
            id: string;
            /**
             * Format: date-time
             * @example 2026-11-24T09:12:00.000Z
             */
            at: string;
            /** @description imported · changed · status · shipped · corrected · voided · told · refused · in-doubt · note · tag · … */
            kind: string;
            actor?: string;
            details: {
                [key: string]: unknown;
            };
        };
        OrderPatch: {
            /** @description The tags the order is to have; others go. */
            tags?: string[];
            /** @description `null`: a person has seen to it. */
            attention?: null;
        };
        NoteInput: {
            text: string;
        };
        OrderRaw: {
            /**
             * Format: date-time
             * @example 2026-11-24T09:12:00.000Z
             */
            fetchedAt: string;
            /** @description The record as the shop sent it; numbers keep their form. */
            record?: unknown;
            /** @description What was asked for beside it: refunds, notes. */
            extra?: unknown;
        };
        Shipped: components["schemas"]["Shipment"] & {
            /**
             * @description What the shop is to be told; ask GET /writebacks/{id}?wait=settled.
             * @example wb_0199c0de7f3a7b1c9d2e4f5a6b7c8d9e
             */
            writebackId?: string;
            /** @description This very shipment was there before; nothing was added. */
            already?: boolean;
            shopUnread?: components["schemas"]["Trouble"] & unknown;
            warnings: {
                code: string;
                field?: string;
            }[];
        };
        ShipmentInput: {
            carrierName: string;
            carrierCode?: string;
            parcels: components["schemas"]["ParcelInput"][];
            /** @description Absent: everything that is left to ship. */
            lines?: {
                /** @description Id of the line, or an unambiguous SKU. */
                line: string;
                /** @example 2 */
                quantity: string;
            }[];
            /** @description `version` of the order the person was looking at; refused when what matters changed since. */
            seenVersion?: number;
            /** @description Ship although the order is on hold or its status unknown. */
            force?: boolean;
        };
        ParcelInput: {
            tracking: string;
            /** @description http or https only. */
            url?: string;
        };
        PlatformList: {
            items: components["schemas"]["Platform"][];
            /** @description Absent on the last page. */
            next?: string;
        };
        Platform: {
            /** @example woocommerce */
            id: string;
            name: string;
            loginFields: {
                name: string;
                secret: boolean;
                required: boolean;
            }[];
            capabilities: {
                /** @description The merchant can approve in the shop; no key is copied. */
                authorise: boolean;
                webhooks: boolean;
                trash: boolean;
                tell: ("nobody" | "completed" | "note")[];
            };
        };
        Recognition: {
            /** @description The shop's address as the hub will call it. */
            url: string;
            /** @description The same as people read it (international names in their own script). */
            shownAs: string;
            /** @description What was corrected in what was typed. */
            changes: components["schemas"]["Sight"][];
            platform: string;
            name?: string;
            version?: string;
            saw: components["schemas"]["Sight"][];
        };
        RecognitionInput: {
            /** @example https://boutique.example */
            url: string;
        };
        SignInInput: {
            email: string;
            password: string;
        };
        SetupInput: {
            /** @description From the one-time link the hub printed when it started. */
            token: string;
            /** Format: email */
            email: string;
            password: string;
            name?: string;
            workspaceName?: string;
            /** @enum {string} */
            locale?: "fr" | "en";
        };
        SetupState: {
            /** @description No user exists yet: the one-time link makes the first. */
            needsFirstUser: boolean;
            signedIn: boolean;
            demo: {
                /** @description The caller may start the demo shop with POST /demo now. */
                available: boolean;
                running: boolean;
            };
        };
        ShipmentPatch: {
            carrierName?: string;
            carrierCode?: string;
            parcels?: components["schemas"]["ParcelInput"][];
        };
        SyncAskedList: {
            items: components["schemas"]["SyncAsked"][];
            /** @description Absent on the last page. */
            next?: string;
        };
        TrackingImport: {
            rows: components["schemas"]["ImportedTrackingRow"][];
            done: number;
            already: number;
            bad: number;
            ambiguous: number;
        };
        ImportedTrackingRow: {
            /** @description Line of the file as an editor counts: the heading is 1. */
            row: number;
            order: string;
            carrier: string;
            tracking: string;
            url?: string;
            /** @description Which cell is wrong: order, carrier, tracking, url. */
            field?: string;
            problem?: components["schemas"]["Trouble"];
            /** @description The order number exists in several shops: say which one with `choose`. */
            choices?: {
                /** @example ord_0199c0de7f3a7b1c9d2e4f5a6b7c8d9e */
                orderId: string;
                /** @example int_0199c0de7f3a7b1c9d2e4f5a6b7c8d9e */
                integrationId: string;
                integrationName: string;
                /**
                 * Format: date-time
                 * @example 2026-11-24T09:12:00.000Z
                 */
                placedAt: string;
                customer?: string;
            }[];
            /** @example ord_0199c0de7f3a7b1c9d2e4f5a6b7c8d9e */
            orderId?: string;
            warnings?: {
                code: string;
                field?: string;
            }[];
            /** @enum {string} */
            state: "done" | "already" | "bad" | "ambiguous";
            /** @example shp_0199c0de7f3a7b1c9d2e4f5a6b7c8d9e */
            shipmentId?: string;
            /** @example wb_0199c0de7f3a7b1c9d2e4f5a6b7c8d9e */
            writebackId?: string;
            /** @description The shop did not answer when the order was to be read again. */
            shopUnread?: boolean;
        };
        TrackingPreview: {
            rows: components["schemas"]["TrackingRow"][];
            new: number;
            already: number;
            bad: number;
            ambiguous: number;
        };
        TrackingRow: {
            /** @description Line of the file as an editor counts: the heading is 1. */
            row: number;
            order: string;
            carrier: string;
            tracking: string;
            url?: string;
            /** @description Which cell is wrong: order, carrier, tracking, url. */
            field?: string;
            problem?: components["schemas"]["Trouble"];
            /** @description The order number exists in several shops: say which one with `choose`. */
            choices?: {
                /** @example ord_0199c0de7f3a7b1c9d2e4f5a6b7c8d9e */
                orderId: string;
                /** @example int_0199c0de7f3a7b1c9d2e4f5a6b7c8d9e */
                integrationId: string;
                integrationName: string;
                /**
                 * Format: date-time
                 * @example 2026-11-24T09:12:00.000Z
                 */
                placedAt: string;
                customer?: string;
            }[];
            /** @example ord_0199c0de7f3a7b1c9d2e4f5a6b7c8d9e */
            orderId?: string;
            warnings?: {
                code: string;
                field?: string;
            }[];
            /** @enum {string} */
            state: "new" | "already" | "bad" | "ambiguous";
        };
        WritebackList: {
            items: components["schemas"]["Writeback"][];
            /** @description Absent on the last page. */
            next?: string;
        };
        SettleInput: {
            /**
             * @description `again` tells the shop once more; `done` says it stands there already.
             * @enum {string}
             */
            decision: "again" | "done";
        };
    };
    responses: never;
    parameters: never;
    requestBodies: never;
    headers: never;
    pathItems: never;
}
export type $defs = Record<string, never>;
export type operations = Record<string, never>;
