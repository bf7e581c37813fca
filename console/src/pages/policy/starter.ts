/** Where nothing is published yet: a short rule to begin with, the one of the documentation. */
export const STARTER = `regua: 1
name: Minha régua
currency: BRL
timezone: America/Sao_Paulo
calendar: br-banking             # dias úteis
minimum: { BRL: 1.00 }           # abaixo disto não se cobra
clearing: { boleto: 1bd }        # um boleto pago no dia só aparece no dia útil seguinte
late_charges: { fine: 2%, interest: { rate: 1%, per: month, method: simple, base: 30 } }
contact:
  rulebook: br                   # horários e canais permitidos pela lei
  caps: [1/day, 3/week]          # por cliente
  channels: [whatsapp, email, sms]
segments:
  - { name: default }
ladders:
  default:
    - { id: upcoming, at: D-5,   do: notify, template: upcoming, tone: friendly }
    - { id: due,      at: D,     do: notify, template: due_today, tone: friendly }
    - { id: late2,    at: D+2,   do: notify, template: overdue, tone: friendly }
    - { id: late8,    at: D+8,   do: notify, template: overdue, tone: neutral }
    - { id: final,    at: D+15,  do: notify, template: final_notice, tone: firm, announces: [suspend] }
    - { id: suspend,  at: D+22,  do: access, state: suspended }
    - { id: end,      at: D+90,  do: write_off, approval: true }
reactions:
  - { on: paid, do: notify, template: receipt }
`;
