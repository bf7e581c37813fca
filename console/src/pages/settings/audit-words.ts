import { bilingual } from "../../words";

export const auditWords = bilingual({
  pt: {
    chain: "Acontecimentos", roots: "Raízes dos dias", rootsText: "Guarde uma delas fora daqui, e ninguém corta ou altera o registro de antes sem que se note.", day: "Dia", root: "Raiz", pages: "Páginas", when: "Quando", what: "O que", who: "Quem", more: "Detalhes", hash: "Marca", empty: "Nada ainda", download: "Baixar raízes", by: "Por", reason: "Motivo",
    kinds: {
      tenant_added: "Empresa criada", policy_published: "Régua publicada", plan_published: "Plano publicado", mode_set: "Modo alterado", day_sealed: "Dia selado", bank_file_read: "Arquivo do banco lido", bank_line_set_aside: "Linha do banco posta de lado", bank_account_added: "Conta bancária adicionada", source_read: "Fonte lida", retries_learnt: "Novas tentativas aprendidas",
      person_added: "Pessoa adicionada", person_invited: "Pessoa convidada", person_changed: "Pessoa alterada", person_disabled: "Pessoa desativada", person_enabled: "Pessoa reativada", person_signed_in: "Entrou", person_signed_out: "Saiu", person_sessions_ended: "Sessões encerradas", person_second_factor_on: "Segundo fator ativado", person_second_factor_off: "Segundo fator removido", person_reset_issued: "Redefinição de senha emitida", person_recovery_renewed: "Códigos de recuperação trocados", person_password_set: "Senha escolhida", person_linked: "Vinculada ao provedor", person_unlinked: "Desvinculada do provedor",
      key_made: "Chave criada", key_rotated: "Segredo da chave trocado", key_revoked: "Chave encerrada", gateway_added: "Gateway adicionado", gateway_role_set: "Papel do gateway alterado",
      endpoint_added: "Webhook adicionado", endpoint_changed: "Webhook alterado", endpoint_paused: "Webhook pausado", endpoint_resumed: "Webhook retomado", endpoint_removed: "Webhook removido", endpoint_rotated: "Segredo do webhook trocado", endpoint_tested: "Webhook testado", endpoint_replayed: "Webhooks reenviados", endpoint_disabled: "Webhook desligado",
      brand_put: "Marca salva", brand_removed: "Marca removida", brand_default: "Marca padrão alterada", pause_begun: "Cobrança parada", pause_ended: "Cobrança retomada", paused: "Cobrança parada", resumed: "Cobrança retomada",
    } as Record<string, string>,
  },
  en: {
    chain: "Events", roots: "Roots of days", rootsText: "Keep one of them elsewhere, and nobody cuts off or alters the log before it unnoticed.", day: "Day", root: "Root", pages: "Pages", when: "When", what: "What", who: "Who", more: "Details", hash: "Hash", empty: "Nothing yet", download: "Download roots", by: "By", reason: "Reason",
    kinds: {
      tenant_added: "Company made", policy_published: "Policy published", plan_published: "Plan published", mode_set: "Mode changed", day_sealed: "Day sealed", bank_file_read: "Bank file read", bank_line_set_aside: "Bank line set aside", bank_account_added: "Bank account added", source_read: "Source read", retries_learnt: "Retries learnt",
      person_added: "Person added", person_invited: "Person invited", person_changed: "Person changed", person_disabled: "Person disabled", person_enabled: "Person enabled", person_signed_in: "Signed in", person_signed_out: "Signed out", person_sessions_ended: "Sessions ended", person_second_factor_on: "Second factor turned on", person_second_factor_off: "Second factor removed", person_reset_issued: "Password reset issued", person_recovery_renewed: "Recovery codes renewed", person_password_set: "Password chosen", person_linked: "Linked to the provider", person_unlinked: "Unlinked from the provider",
      key_made: "Key made", key_rotated: "Secret of a key changed", key_revoked: "Key ended", gateway_added: "Gateway added", gateway_role_set: "Role of a gateway changed",
      endpoint_added: "Webhook added", endpoint_changed: "Webhook changed", endpoint_paused: "Webhook paused", endpoint_resumed: "Webhook resumed", endpoint_removed: "Webhook removed", endpoint_rotated: "Secret of a webhook changed", endpoint_tested: "Webhook tried", endpoint_replayed: "Webhooks sent again", endpoint_disabled: "Webhook disabled",
      brand_put: "Brand saved", brand_removed: "Brand removed", brand_default: "Default brand changed", pause_begun: "Collection stopped", pause_ended: "Collection resumed", paused: "Collection stopped", resumed: "Collection resumed",
    },
  },
});
