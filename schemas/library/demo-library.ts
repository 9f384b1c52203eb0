import { type LibraryContent, type LibraryDraft, libraryContent } from './library.ts';

// The library of the demo: made up for simulated pumps. NOT FOR CLINICAL USE.

const demo: LibraryDraft = {
  name: 'Demo library',
  notice: 'NOT FOR CLINICAL USE',
  careAreas: [
    {
      name: 'adult home',
      drugs: [
        {
          name: 'vancomycin',
          drugClass: 'antibiotic',
          concentrations: [{ amount: 5, unit: 'mg', perMl: 1 }],
          modes: ['continuous', 'intermittent'],
          doseUnit: 'mg/min',
          advisories: ['Too fast causes flushing of face and neck: slow down.'],
          limits: { doseRate: { hardLow: 2, softLow: 5, softHigh: 10, hardHigh: 17, reason: 'infusion reaction' } },
        },
        {
          name: 'cefTRIAXone',
          drugClass: 'antibiotic',
          concentrations: [{ amount: 40, unit: 'mg', perMl: 1 }],
          modes: ['continuous', 'intermittent'],
          doseUnit: 'mg/min',
          limits: { durationMin: { softLow: 15, softHigh: 120 } },
        },
        {
          name: 'piperacillin-tazobactam',
          drugClass: 'antibiotic',
          concentrations: [{ amount: 56, unit: 'mg', perMl: 1 }],
          modes: ['intermittent', 'continuous'],
          doseUnit: 'g/day',
          kvoMlPerH: 0.5,
          limits: { doseRate: { hardLow: 2, softLow: 6, softHigh: 18, hardHigh: 24 } },
        },
        {
          name: 'immune globulin 10 %',
          alsoKnownAs: ['IVIG'],
          drugClass: 'immune globulin',
          concentrations: [{ amount: 100, unit: 'mg', perMl: 1 }],
          modes: ['ramp', 'continuous'],
          doseUnit: 'mL/kg/h',
          needs: ['weight'],
          advisories: ['Every step after 15 min without a reaction only.'],
          limits: { doseRate: { softLow: 0.5, softHigh: 5, hardHigh: 6 } },
        },
        {
          name: 'sodium chloride 0.9 %',
          alsoKnownAs: ['NaCl 0.9 %', 'NaCl 0.9%'],
          drugClass: 'fluid',
          modes: ['continuous', 'multistep'],
          doseUnit: 'mL/h',
          limits: { rateMlPerH: { hardLow: 10, softLow: 25, softHigh: 250, hardHigh: 500 } },
        },
      ],
    },
    {
      name: 'nutrition',
      drugs: [
        {
          name: 'TPN',
          alsoKnownAs: ['parenteral nutrition'],
          drugClass: 'nutrition',
          modes: ['taper', 'continuous'],
          doseUnit: 'mL/h',
          nearEndMin: 30,
          advisories: ['Never stop abruptly: ramp down.'],
          limits: {
            rateMlPerH: { softLow: 25, softHigh: 250, hardHigh: 350 },
            durationMin: { hardLow: 480, softLow: 600, softHigh: 1440 },
            vtbiMl: { softLow: 500, softHigh: 3000, hardHigh: 4000 },
          },
        },
      ],
    },
    {
      name: 'adult PCA',
      drugs: [
        {
          name: 'morphine',
          drugClass: 'opioid',
          concentrations: [{ amount: 1, unit: 'mg', perMl: 1 }],
          modes: ['pca'],
          doseUnit: 'mg/h',
          limits: {
            doseRate: { softHigh: 1, hardHigh: 3 },
            pcaDemand: { unit: 'mg', softLow: 0.5, softHigh: 1, hardHigh: 3 },
            lockoutMin: { hardLow: 5, softLow: 6, softHigh: 10 },
            cumulative: [{ hours: 4, unit: 'mg', softHigh: 30, hardHigh: 40, reason: 'respiratory depression' }],
          },
        },
        {
          name: 'HYDROmorphone',
          drugClass: 'opioid',
          concentrations: [{ amount: 0.2, unit: 'mg', perMl: 1 }],
          modes: ['pca'],
          doseUnit: 'mg/h',
          advisories: ['Not morphine: about five times as strong.'],
          limits: {
            doseRate: { softHigh: 0.2, hardHigh: 0.6 },
            pcaDemand: { unit: 'mg', softLow: 0.1, softHigh: 0.2, hardHigh: 0.6 },
            lockoutMin: { hardLow: 5, softLow: 6, softHigh: 10 },
            cumulative: [{ hours: 4, unit: 'mg', softHigh: 6, hardHigh: 8, reason: 'respiratory depression' }],
          },
        },
      ],
    },
    {
      name: 'palliative PCA',
      outsideLibrary: 'allowed',
      drugs: [
        {
          name: 'morphine',
          drugClass: 'opioid',
          concentrations: [
            { amount: 1, unit: 'mg', perMl: 1 },
            { from: 5, to: 10, unit: 'mg', perMl: 1 },
          ],
          modes: ['pca'],
          doseUnit: 'mg/h',
          limits: {
            doseRate: { softHigh: 10, hardHigh: 30 },
            pcaDemand: { unit: 'mg', softLow: 0.5, softHigh: 5, hardHigh: 15 },
            lockoutMin: { hardLow: 3, softLow: 5, softHigh: 20 },
            cumulative: [
              { hours: 4, unit: 'mg', softHigh: 100, hardHigh: 200 },
              { hours: 24, unit: 'mg', softHigh: 400, hardHigh: 800 },
            ],
          },
        },
      ],
    },
    {
      name: 'inotropes',
      drugs: [
        {
          name: 'DOBUTamine',
          drugClass: 'inotrope',
          critical: true,
          toleratesStopMin: 10,
          concentrations: [{ amount: 4000, unit: 'mcg', perMl: 1 }],
          modes: ['continuous'],
          doseUnit: 'mcg/kg/min',
          needs: ['weight'],
          nearEndMin: 120,
          advisories: ['Never flush the line: a flush is a bolus.'],
          limits: { doseRate: { hardLow: 0.5, softLow: 2.5, softHigh: 10, hardHigh: 20 } },
        },
        {
          name: 'milrinone',
          drugClass: 'inotrope',
          critical: true,
          toleratesStopMin: 60,
          concentrations: [{ amount: 200, unit: 'mcg', perMl: 1 }],
          modes: ['continuous', 'loading'],
          doseUnit: 'mcg/kg/min',
          needs: ['weight'],
          nearEndMin: 120,
          limits: {
            doseRate: { hardLow: 0.1, softLow: 0.375, softHigh: 0.75, hardHigh: 1 },
            bolusDose: { unit: 'mcg/kg', softHigh: 50, hardHigh: 75 },
            bolusRate: { unit: 'mcg/kg/min', softHigh: 5, hardHigh: 10 },
          },
        },
      ],
    },
    {
      name: 'pulmonary hypertension',
      drugs: [
        {
          name: 'treprostinil',
          drugClass: 'prostacyclin',
          critical: true,
          toleratesStopMin: 5,
          concentrations: [{ from: 10_000, to: 200_000, unit: 'ng', perMl: 1 }],
          modes: ['continuous'],
          doseUnit: 'ng/kg/min',
          needs: ['weight'],
          nearEndMin: 240,
          advisories: ['A stop of minutes can kill: the backup pump must be within reach.'],
          limits: {
            doseRate: {
              hardLow: { ofOrder: 0.75 },
              softLow: { ofOrder: 0.9 },
              softHigh: { ofOrder: 1.1 },
              hardHigh: { ofOrder: 1.25 },
              reason: 'every patient has a dose of his own',
            },
          },
        },
      ],
    },
    {
      name: 'oncology',
      drugs: [
        {
          name: 'fluorouracil',
          alsoKnownAs: ['5-FU', '5-FU fluorouracil'],
          drugClass: 'chemotherapy',
          concentrations: [{ from: 40, to: 50, unit: 'mg', perMl: 1 }],
          modes: ['continuous'],
          doseUnit: 'mg/m2/day',
          needs: ['bsa'],
          advisories: ['mL in 24 h is not mL/h.'],
          limits: {
            doseRate: { softHigh: 1300, hardHigh: 3000 },
            durationMin: {
              hardLow: 1320,
              softLow: 2760,
              softHigh: 5760,
              reason: 'four days’ dose in four hours is fatal',
              reference: 'PMC3138377',
            },
          },
        },
      ],
    },
  ],
};

/** The demo library, read like anybody's. */
export function demoLibrary(): LibraryContent {
  return libraryContent.parse(demo);
}
