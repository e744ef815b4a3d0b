{{- define "cardea.name" -}}
{{- if contains .Chart.Name .Release.Name }}{{ .Release.Name }}{{ else }}{{ .Release.Name }}-{{ .Chart.Name }}{{ end }}
{{- end }}

{{- define "cardea.selector" -}}
app.kubernetes.io/name: {{ .Chart.Name }}
app.kubernetes.io/instance: {{ .Release.Name }}
{{- end }}

{{- define "cardea.labels" -}}
{{ include "cardea.selector" . }}
app.kubernetes.io/version: {{ .Chart.AppVersion | quote }}
app.kubernetes.io/managed-by: {{ .Release.Service }}
helm.sh/chart: {{ .Chart.Name }}-{{ .Chart.Version }}
{{- end }}

{{- define "cardea.host" -}}
{{- trimPrefix "https://" .Values.loginOrigin | splitList ":" | first -}}
{{- end }}

{{- define "cardea.hosts" -}}
{{- $host := include "cardea.host" . -}}
- {{ $host | quote }}
- {{ printf "certauth.%s" $host | quote }}
- {{ printf "*.certauth.%s" $host | quote }}
- {{ printf "enterpriseregistration.%s" $host | quote }}
{{- end }}

{{- /* 0 is a value: no pause. Only where there is none, as in the values of an earlier chart, it is the usual one. */}}
{{- define "cardea.preStopSeconds" -}}
{{- if kindIs "invalid" .Values.preStopSeconds }}5{{ else }}{{ .Values.preStopSeconds }}{{ end }}
{{- end }}

{{- define "cardea.check" -}}
{{- if not .Values.loginOrigin }}{{ fail "loginOrigin is required: https://login.example.org" }}{{ end }}
{{- if not .Values.tls.secretName }}{{ fail "tls.secretName is required: a secret of type kubernetes.io/tls" }}{{ end }}
{{- if not .Values.secretKey.secretName }}{{ fail "secretKey.secretName is required: a secret with CARDEA_SECRET_KEY" }}{{ end }}
{{- if and (gt (int .Values.replicas) 1) (not .Values.postgresql.secretName) }}{{ fail "more than one replica needs PostgreSQL: set postgresql.secretName" }}{{ end }}
{{- $own := list "CARDEA_LOGIN_ORIGIN" "CARDEA_LISTEN" "CARDEA_PORT" "CARDEA_WORKERS" "CARDEA_MANAGEMENT_LISTEN" "CARDEA_MANAGEMENT_PORT" "CARDEA_TLS_CERTIFICATE_FILE" "CARDEA_TLS_KEY_FILE" "CARDEA_SECRET_KEY" "CARDEA_DATABASE_URL" }}
{{- range $name, $value := .Values.settings }}
{{- if has $name $own }}{{ fail (printf "settings.%s: the chart sets this variable itself; see its other values" $name) }}{{ end }}
{{- end }}
{{- if le (int .Values.terminationGracePeriodSeconds) (include "cardea.preStopSeconds" . | int) }}{{ fail "terminationGracePeriodSeconds must be more than preStopSeconds" }}{{ end }}
{{- if and .Values.ingress.enabled (eq .Values.ingress.kind "gateway") (not .Values.ingress.gateway.name) }}{{ fail "ingress.gateway.name is required: the Gateway that passes TLS through" }}{{ end }}
{{- end }}
