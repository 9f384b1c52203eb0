import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod';
import { type LibraryStep, librarySteps, stepRequest } from '#schemas/http/libraries.ts';
import {
  checkedRuleSet,
  newRuleSetRequest,
  type RuleSetVersion,
  ruleSetDetail,
  ruleSetDiff,
  ruleSetDiffQuery,
  ruleSetDraftRequest,
  ruleSetInForce,
  ruleSetParams,
  ruleSetsQuery,
  ruleSetVersion,
} from '#schemas/http/rule-sets.ts';
import { page } from '#schemas/http/shapes.ts';
import { diffRuleSets } from '#schemas/rules/rule-set-diff.ts';
import type { ApiDeps } from '../deps.ts';
import { once } from '../idempotency.ts';
import { authorOf } from '../library/versions.ts';
import { decodeCursor, toPage } from '../page-cursor.ts';
import {
  editRuleSet,
  insertRuleSet,
  readInForce,
  readRuleSet,
  takeRuleSetStep,
  tellInForce,
} from '../rules/rule-sets.ts';

const tags = ['rule sets'];
const sort = 'rulesets';
const params = ruleSetParams;

const summaries: Record<LibraryStep, string> = {
  submit: 'A draft without problems goes to review',
  approve: 'Somebody who did not write in it finds it right',
  'send-back': 'Back to the authors, with a reason',
  publish: 'An approved version holds from now on; it never changes again',
  'publish-urgently': 'One person publishes alone, with a reason; another one has to confirm it within 24 h',
  confirm: 'Another person confirms an urgent publication',
  retire: 'It no longer holds: the version published before it does, or the defaults',
};

/** `/rule-sets`: versions of the rules' thresholds, their life, and what each changes. */
export function ruleSetRoutes({ db, now }: ApiDeps): FastifyPluginAsyncZod {
  return async (app) => {
    app.get(
      '/rule-sets',
      {
        config: { access: 'read' },
        schema: {
          tags,
          summary: 'Versions of the rule set, newest first',
          querystring: ruleSetsQuery,
          response: { 200: page(ruleSetVersion) },
        },
      },
      async (request) => {
        const { limit, cursor } = request.query;
        const at = decodeCursor(cursor, { sort, key: 'number', id: 'number' });
        const rows = await db.query<RuleSetVersion>('rule_sets_list', [at.key, limit + 1]);
        return toPage(
          rows,
          limit,
          ({ version }) => ({ sort, key: String(version), id: String(version) }),
          (row) => row,
        );
      },
    );

    app.post(
      '/rule-sets',
      {
        config: { access: 'rules.write' },
        schema: {
          tags,
          summary: 'A new draft: a copy of a version, of what is in force, or empty',
          body: newRuleSetRequest,
          response: { 201: checkedRuleSet },
        },
      },
      async (request, reply) => {
        const made = await once(
          db,
          request,
          async (query) => {
            const version = await insertRuleSet(query, request.body, authorOf(request), now());
            return { subject: String(version), result: await readRuleSet(query, version, now()) };
          },
          (query, version) => readRuleSet(query, Number(version), now()),
        );
        return reply.code(201).send(made);
      },
    );

    app.get(
      '/rule-sets/in-force',
      {
        config: { access: 'read' },
        schema: {
          tags,
          summary: 'The settings that hold now, everywhere and per care area; the defaults where nothing is published',
          response: { 200: ruleSetInForce },
        },
      },
      () => tellInForce(db.query),
    );

    app.get(
      '/rule-sets/:v',
      {
        config: { access: 'read' },
        schema: {
          tags,
          summary: 'A version with its content and what the check finds in it',
          params,
          response: { 200: ruleSetDetail },
        },
      },
      (request) => readRuleSet(db.query, request.params.v, now()),
    );

    app.put(
      '/rule-sets/:v',
      {
        config: { access: 'rules.write' },
        schema: {
          tags,
          summary: 'The content of a draft; it is kept with problems, which stand in the answer',
          params,
          body: ruleSetDraftRequest,
          response: { 200: checkedRuleSet },
        },
      },
      (request) =>
        db.transaction(async (query) => {
          const { v } = request.params;
          await editRuleSet(query, v, request.body, authorOf(request), now());
          return readRuleSet(query, v, now());
        }),
    );

    for (const step of librarySteps) {
      app.post(
        `/rule-sets/:v/${step}`,
        {
          config: { access: 'rules.write' },
          schema: { tags, summary: summaries[step], params, body: stepRequest, response: { 200: checkedRuleSet } },
        },
        (request) =>
          db.transaction(async (query) => {
            const { v } = request.params;
            const { reason = '', revision = null } = request.body ?? {};
            await takeRuleSetStep(query, v, { step, reason, revision }, authorOf(request), now());
            return readRuleSet(query, v, now());
          }),
      );
    }

    app.get(
      '/rule-sets/:v/diff',
      {
        config: { access: 'read' },
        schema: {
          tags,
          summary: 'What this version changes against the one in force, another one or the defaults, in words',
          params,
          querystring: ruleSetDiffQuery,
          response: { 200: ruleSetDiff },
        },
      },
      async (request) => {
        const { v } = request.params;
        const from = request.query.against ?? (await readInForce(db.query))?.version ?? 0;
        const before = from === 0 ? null : (await readRuleSet(db.query, from, now())).content;
        const { content } = await readRuleSet(db.query, v, now());
        return { from, to: v, changes: diffRuleSets(before, content) };
      },
    );
  };
}
